package io.jenkins.plugins.dedalus.simulation;

import java.time.Duration;

/**
 * What befalls one call.
 *
 * @param before how long it travels before the work
 * @param what what goes wrong
 * @param status of an answer that is an error
 * @param retryAfter what such an answer asks for; null for nothing
 */
record Fate(Duration before, What what, int status, Duration retryAfter) {
    static final Fate FAIR = new Fate(Duration.ZERO, What.NOTHING, 0, null);

    /** What can go wrong. */
    enum What {
        NOTHING,
        /** The connection breaks before the work. */
        LOST_BEFORE,
        /** The work is done, its answer is lost. */
        LOST_AFTER,
        /** An error instead of the work. */
        ERROR_BEFORE,
        /** The work is done and an error is answered. */
        ERROR_AFTER,
        /** Nothing is answered, nothing is done. */
        HANG_BEFORE,
        /** The work is done, nothing is answered. */
        HANG_AFTER,
        /** As if there were no such machine. */
        NOT_FOUND
    }

    Fate after(Duration travel) {
        return new Fate(travel, what, status, retryAfter);
    }
}
