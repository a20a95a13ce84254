package io.jenkins.plugins.dedalus.view;

import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What people asked for on these pages lately and what came of it, so that a page shown after the button was pressed can
 * say so. In memory: a restart forgets. Thread-safe.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class RecentActions {
    private static final Duration KEPT = Duration.ofMinutes(5);

    private final Map<PreviewKey, Asked> asked = new ConcurrentHashMap<>();

    /**
     * One thing asked for.
     *
     * @param what a few words, e.g. {@code Wake}
     * @param at when
     * @param outcome completes with a sentence or without; fails with the reason
     */
    public record Asked(String what, Instant at, CompletableFuture<String> outcome) {
        /** Whether it is still under way. */
        public boolean running() {
            return !outcome.isDone();
        }

        /** Whether it ended well. */
        public boolean succeeded() {
            return outcome.isDone() && !outcome.isCompletedExceptionally();
        }

        /** What came of it; null while it is under way. */
        public String sentence() {
            if (!outcome.isDone()) {
                return null;
            }
            try {
                return outcome.join();
            } catch (CompletionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            }
        }
    }

    public static RecentActions get() {
        return ExtensionList.lookupSingleton(RecentActions.class);
    }

    /** Notes what was asked for. */
    public Asked note(PreviewKey key, String what, CompletableFuture<String> outcome) {
        Instant now = Instant.now();
        asked.values().removeIf(old -> !old.running() && old.at().plus(KEPT).isBefore(now));
        Asked entry = new Asked(what, now, outcome);
        asked.put(key, entry);
        outcome.whenComplete((sentence, failure) -> MachineStatusCache.get().changed());
        return entry;
    }

    /** What was asked for last, if that wasn't long ago. */
    public Optional<Asked> last(PreviewKey key) {
        return Optional.ofNullable(asked.get(key))
                .filter(entry -> entry.running() || entry.at().plus(KEPT).isAfter(Instant.now()));
    }
}
