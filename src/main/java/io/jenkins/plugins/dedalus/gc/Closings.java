package io.jenkins.plugins.dedalus.gc;

import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.accounts.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

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

    /** As {@link #unconfirmed}; then asks where the change request lives, which an event may have {@code told} of. */
    static void suspected(PreviewLink link, String reason, boolean told) {
        unconfirmed(link.key(), reason);
        ask(link, told);
    }

    /** The change request's job is there and alive: a closing that nobody confirmed may have been a mistake. */
    static void alive(PreviewLink link) {
        if (doubtful(link.key())) {
            ask(link, false);
        }
    }

    /** Has it asked how a change request really is, where it lives, if that could change anything. Returns at once. */
    static void ask(PreviewLink link, boolean told) {
        if (inQuestion(link)) {
            ChangeQuestions.get().ask(link, told);
        }
    }

    /** Whether its preview is open, or closes for want of a better word. */
    static boolean inQuestion(PreviewLink link) {
        return worthClosing(link.key(), true);
    }

    /**
     * What came of it: closed confirms. One that isn't closed and has a job to go on with gets an unconfirmed closing taken
     * back.
     *
     * @param closed null if that can't be known
     */
    static void answered(PreviewLink link, Boolean closed) {
        PreviewKey key = link.key();
        if (closed == null) {
            return;
        }
        try {
            if (closed) {
                confirmed(key, Messages.Closings_serverSaysClosed(key.changeId(), key.repository()));
            } else {
                reopenIfAlive(link);
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> Messages.Closings_failed(key.describe(), e.getMessage()));
        }
    }

    /** Whether it closes, and only because it looked so. */
    static boolean doubtful(PreviewKey key) {
        return PreviewEngines.get()
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
            if (PreviewEngines.get().lifecycle(key).reopen(key)) {
                LOGGER.info(() -> Messages.Closings_reopened(key.describe()));
            }
        } catch (PreviewsUnavailableException e) {
            LOGGER.log(Level.WARNING, e, () -> Messages.Closings_notReopened(key.describe(), e.getMessage()));
        }
    }

    private static boolean worthClosing(PreviewKey key, boolean confirmed) {
        Optional<PreviewRecord> record = PreviewEngines.get().record(key);
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
            PreviewEngines.get()
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
