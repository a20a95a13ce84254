package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.model.Durations;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.Lifetime;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.operation.EngineContext;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * How long previews stay that nobody looks at: until their time is over, unless they are pinned or extended. Looks are written
 * down every few minutes at most. Thread-safe.
 */
public final class Lifetimes {
    private static final Logger LOGGER = Logger.getLogger(Lifetimes.class.getName());
    /** How much older than the last look the ledger may be. */
    private static final Duration COARSE = Duration.ofMinutes(5);

    private static final Duration LONGEST = Duration.ofDays(3650);

    private final EngineContext parts;
    private final OperationQueues queues;
    private final PatientCalls calls;

    Lifetimes(EngineContext parts, OperationQueues queues, PatientCalls calls) {
        this.parts = parts;
        this.queues = queues;
        this.calls = calls;
    }

    /**
     * Keeps a preview however long nobody looks, also one that was closed for that and still has its data.
     *
     * @param until the pin's end; null for as long as nobody unpins it
     * @return fails with {@link PreviewException} if there is no such preview, it was taken down, or the end is past
     */
    public CompletableFuture<PreviewRecord> pin(PreviewKey key, Instant until) {
        return change(key, "pinned", (lifetime, now) -> {
            if (until != null && !until.isAfter(now)) {
                throw new PreviewException("Preview " + key.id() + " can't be pinned until " + until
                        + ", for that is past. Name a later time, or none.");
            }
            return lifetime.pinned(until);
        });
    }

    /** As {@link #pin(PreviewKey, Instant)}, from now on for so long. */
    public CompletableFuture<PreviewRecord> pinFor(PreviewKey key, Duration length) {
        return change(key, "pinned", (lifetime, now) -> {
            requireLength("The pin of preview ", key, length);
            return lifetime.pinned(now.plus(length));
        });
    }

    /** Takes a pin back; its whole time begins now. What isn't pinned stays as it is. */
    public CompletableFuture<PreviewRecord> unpin(PreviewKey key) {
        return change(
                key, "unpinned", (lifetime, now) -> lifetime.pinned() ? look(lifetime.unpinned(), now) : lifetime);
    }

    /**
     * Moves a preview's end, also that of one that was closed because nobody looked and still has its data.
     *
     * @param by how much later than now, or than its end if that is to come
     * @return fails with {@link PreviewException} if there is no such preview, it was taken down, or it has no end
     */
    public CompletableFuture<PreviewRecord> extend(PreviewKey key, Duration by) {
        return change(key, "extended", (lifetime, now) -> {
            requireLength("The extension of preview ", key, by);
            Instant end = lifetime.expiresAt();
            if (end == null) {
                throw new PreviewException("Preview " + key.id() + " has no end to be moved: "
                        + (lifetime.pinned() ? "it is pinned." : "it stays until its change request is closed."));
            }
            return lifetime.extended((end.isAfter(now) ? end : now).plus(by));
        });
    }

    /** The time that lifetimes are counted by: the server's as far as it is known. */
    public Instant now() {
        return parts.now();
    }

    private static void requireLength(String what, PreviewKey key, Duration length) {
        if (length.compareTo(Duration.ofMinutes(1)) < 0 || length.compareTo(LONGEST) > 0) {
            throw new PreviewException(
                    what + key.id() + " is " + (length.isNegative() ? length : Durations.format(length))
                            + "; allowed is a minute to " + LONGEST.toDays() + " days.");
        }
    }

    private CompletableFuture<PreviewRecord> change(
            PreviewKey key, String what, BiFunction<Lifetime, Instant, Lifetime> how) {
        return calls.run(() -> {
            learnTime();
            Instant now = parts.now();
            return queues.use(
                            key,
                            queue -> queue.renew(
                                    lifetime -> how.apply(lifetime, now).announcedAt(now)))
                    .orElseThrow(() -> refused(key, what));
        });
    }

    private PreviewException refused(PreviewKey key, String what) {
        String cant = "Preview " + key.id() + " can't be " + what + ": ";
        PreviewRecord record = parts.ledger().get(key).orElse(null);
        if (record == null) {
            return new PreviewException(cant + "there is none. Build the change request first.");
        }
        if (record.closesUnseen()) {
            return new PreviewException(cant + "it is being closed at this moment. Try again in a minute.");
        }
        return new PreviewClosedException(cant + "it was taken down"
                + (record.closing() == null ? "" : " (" + record.closing().reason() + ")")
                + ". A new build brings it back.");
    }

    /** Times that people name are compared with the server's; while it can't be asked, with this machine's. */
    private void learnTime() {
        try {
            parts.learnTime(EngineContext.urgent(null));
        } catch (DedalusException e) {
            LOGGER.log(Level.FINE, "The server's time stays unknown.", e);
        }
    }

    private Lifetime look(Lifetime lifetime, Instant now) {
        return lifetime.seen(now, parts.knowsTime());
    }

    /** A person looks: it is on the disk when this returns, unless it was a few minutes ago. */
    void seen(PreviewKey key) {
        try {
            parts.ledger().get(key).ifPresent(record -> write(record, false));
        } catch (LedgerException e) {
            LOGGER.log(Level.WARNING, "That somebody looks at a preview is written down later.", e);
        }
    }

    /**
     * Writes down who looked lately. A machine that is awake and falls asleep by itself counts too: not all that reaches it
     * passes here.
     *
     * @param listed its machine as Dedalus says just now; null if it has none
     * @return the record as it is now
     */
    PreviewRecord note(PreviewRecord record, Machine listed) {
        boolean used = listed != null
                && listed.phase().equals(MachinePhase.RUNNING)
                && record.autosleep().duration() != null
                && record.state() != PreviewState.CLOSING;
        return write(record, used);
    }

    private PreviewRecord write(PreviewRecord seen, boolean used) {
        if (seen.lifetime().ttl() == null) {
            return seen;
        }
        return parts.ledger()
                .change(seen.key(), record -> {
                    Instant now = parts.now();
                    Lifetime known = parts.lifetime(record);
                    Lifetime noted = (used ? known.seen(now, parts.knowsTime()) : known).announcedAt(now);
                    return isNews(record.lifetime(), noted)
                            ? record.toBuilder().lifetime(noted).build()
                            : record;
                })
                .orElse(seen);
    }

    private static boolean isNews(Lifetime written, Lifetime now) {
        return written.announced() != now.announced()
                || written.seenAt() == null
                || Duration.between(written.seenAt(), now.seenAt()).abs().compareTo(COARSE) >= 0;
    }
}
