package io.jenkins.plugins.dedalus.github.publish;

import java.time.Duration;

/**
 * How a call to GitHub ended.
 *
 * @param kind what follows
 * @param id what was made or found; null if nothing was
 * @param sentence what went wrong, for the log and the monitor; null if nothing did
 * @param pause how long to leave this connection alone; null if GitHub names no time
 */
record CallOutcome(Kind kind, Long id, String sentence, Duration pause) {
    /** What follows from it. */
    enum Kind {
        /** It is as we wanted. */
        DONE,
        /** What it is about isn't there any more. */
        GONE,
        /** It can't be done, and trying again won't help. */
        DROPPED,
        /** We have no permission. */
        FORBIDDEN,
        /** Too much was asked of GitHub; nothing was done. */
        LIMITED,
        /** No answer, or one that says nothing: it may have been done. */
        UNKNOWN
    }

    static CallOutcome done(Long id) {
        return new CallOutcome(Kind.DONE, id, null, null);
    }

    static CallOutcome of(Kind kind, String sentence) {
        return new CallOutcome(kind, null, sentence, null);
    }

    CallOutcome pausing(Duration duration) {
        return new CallOutcome(kind, id, sentence, duration);
    }
}
