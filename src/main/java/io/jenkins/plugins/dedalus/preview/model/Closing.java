package io.jenkins.plugins.dedalus.preview.model;

import java.time.Duration;
import java.time.Instant;

/**
 * A preview on its way out.
 *
 * @param since when it was asked for
 * @param confirmed whether the change request is known to be closed; an unconfirmed closing gets a longer grace
 * @param deleteAt when the machine and its data are deleted; until then a reopened change request gets them back
 * @param reason a sentence: who or what closed it
 * @param serverTime whether both times are the server's. Those of this machine's clock, which may be wrong, only say how long
 *     the grace is: it begins anew once the server's time is known
 * @param unseen whether nobody asked for it: its time was over, for nobody had looked at it. Pinned or extended it comes back
 */
public record Closing(
        Instant since, boolean confirmed, Instant deleteAt, String reason, boolean serverTime, boolean unseen) {
    /** One that somebody asked for. */
    public Closing(Instant since, boolean confirmed, Instant deleteAt, String reason, boolean serverTime) {
        this(since, confirmed, deleteAt, reason, serverTime, false);
    }

    /** Whether there was to be no grace, so that no clock is asked. */
    public boolean atOnce() {
        return !deleteAt.isAfter(since);
    }

    /** The same, beginning now by the server's time. */
    public Closing from(Instant now) {
        return new Closing(now, confirmed, now.plus(Duration.between(since, deleteAt)), reason, true, unseen);
    }

    /** The same, now that somebody asked for it too. */
    public Closing asked(String why) {
        return new Closing(since, confirmed, deleteAt, why, serverTime);
    }
}
