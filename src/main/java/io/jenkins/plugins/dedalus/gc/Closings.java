package io.jenkins.plugins.dedalus.gc;

import hudson.model.Computer;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.PreviewService;
import io.jenkins.plugins.dedalus.config.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.preview.PreviewKey;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.PreviewState;
import io.jenkins.plugins.dedalus.preview.ProgressListener;
import io.jenkins.plugins.dedalus.preview.Teardown;
import io.jenkins.plugins.dedalus.scm.ChangeSources;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.scm.api.SCMSource;

/** Takes previews down as far as it is known that they should be. Returns at once; the engine does the work. */
final class Closings {
    private static final Logger LOGGER = Logger.getLogger(Closings.class.getName());

    private Closings() {}

    /** The change request is known to be closed, or a person asked: asleep for the usual grace, then deleted. */
    static void confirmed(PreviewKey key, String reason) {
        close(key, new Teardown(reason, DedalusGlobalConfiguration.get().closedGrace(), true));
    }

    /** It only looks so: asleep, and deleted after the longer grace unless a build brings it back. */
    static void unconfirmed(PreviewKey key, String reason) {
        Duration grace = DedalusGlobalConfiguration.get().unconfirmedGrace();
        close(key, new Teardown(reason, grace, false));
    }

    /** As {@link #unconfirmed}; then asks the change request's server, if it can be asked. */
    static void suspected(PreviewLink link, String reason) {
        unconfirmed(link.key(), reason);
        Computer.threadPoolForRemoting.submit(() -> settle(link));
    }

    /** The change request's job is there and alive: a closing that nobody confirmed may have been a mistake. */
    static void alive(PreviewLink link) {
        if (doubtful(link.key())) {
            Computer.threadPoolForRemoting.submit(() -> settle(link));
        }
    }

    /**
     * Finds out how a change request really is, from its server if that can be asked: closed confirms. One that isn't closed
     * and has a job to go on with gets an unconfirmed closing taken back. May wait.
     */
    static void settle(PreviewLink link) {
        PreviewKey key = link.key();
        if (!worthClosing(key, true)) {
            return;
        }
        Optional<SCMSource> source = ChangeSources.source(link);
        Optional<ChangeStates> states = source.flatMap(ChangeStates::of);
        if (states.isEmpty()) {
            reopenIfAlive(link);
            return;
        }
        try {
            Optional<Boolean> closed = states.get().closed(source.get(), key.changeId());
            if (closed.orElse(false)) {
                confirmed(key, Messages.Closings_serverSaysClosed(key.changeId(), key.repository()));
            } else if (closed.isPresent()) {
                reopenIfAlive(link);
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> Messages.Closings_serverNotAsked(key.describe(), e.getMessage()));
        }
    }

    /** Whether it closes, and only because it looked so. */
    private static boolean doubtful(PreviewKey key) {
        return PreviewService.get()
                .record(key)
                .filter(PreviewRecord::closesInDoubt)
                .isPresent();
    }

    private static void reopenIfAlive(PreviewLink link) {
        PreviewKey key = link.key();
        if (!doubtful(key) || !DeadBranches.isAlive(link)) {
            return;
        }
        try {
            if (PreviewService.get().lifecycle(key).reopen(key)) {
                LOGGER.info(() -> Messages.Closings_reopened(key.describe()));
            }
        } catch (PreviewsUnavailableException e) {
            LOGGER.log(Level.WARNING, e, () -> Messages.Closings_notReopened(key.describe(), e.getMessage()));
        }
    }

    private static boolean worthClosing(PreviewKey key, boolean confirmed) {
        Optional<PreviewRecord> record = PreviewService.get().record(key);
        if (record.isEmpty() || record.get().state() == PreviewState.CLOSED) {
            return false;
        }
        boolean closing =
                record.get().state() == PreviewState.CLOSING && record.get().closing() != null;
        return !closing || confirmed && !record.get().closing().confirmed();
    }

    private static void close(PreviewKey key, Teardown teardown) {
        try {
            if (!worthClosing(key, teardown.confirmed())) {
                return;
            }
            PreviewService.get()
                    .lifecycle(key)
                    .teardown(key, teardown, ProgressListener.NONE)
                    .result()
                    .whenComplete((record, failure) -> {
                        if (failure != null) {
                            LOGGER.log(
                                    Level.WARNING,
                                    failure,
                                    () -> Messages.Closings_failed(key.describe(), failure.getMessage()));
                        }
                    });
            LOGGER.info(() -> Messages.Closings_closing(key.describe(), teardown.reason()));
        } catch (PreviewsUnavailableException e) {
            LOGGER.log(Level.WARNING, e, () -> Messages.Closings_failed(key.describe(), e.getMessage()));
        }
    }
}
