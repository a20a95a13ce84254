package io.jenkins.plugins.dedalus.preview.error;

import java.time.Duration;

/** A wake that ended without an awake app; says when trying again makes sense. */
public class WakeFailedException extends PreviewException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final long retryAfterMillis;

    /** Takes what went wrong, a sentence, when to try again (null when unknown) and the cause (may be null). */
    public WakeFailedException(Kind kind, String sentence, Duration retryAfter, Throwable cause) {
        super(sentence, cause);
        this.kind = kind;
        this.retryAfterMillis = retryAfter == null ? -1 : retryAfter.toMillis();
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** When trying again makes sense; null when unknown. */
    public Duration retryAfter() {
        return retryAfterMillis < 0 ? null : Duration.ofMillis(retryAfterMillis);
    }

    /** What went wrong. */
    public enum Kind {
        /** Dedalus refused or failed the wake. */
        REFUSED,
        /** The machine did not run, or the app did not answer, in time. */
        TIMEOUT,
        /** The machine is lost: deleted, or Dedalus says it can't wake any more. */
        GONE,
        /** A wake failed a moment ago; the next try waits. */
        BACKING_OFF,
        /** As many machines are awake as may be, and all of them are in use. */
        NO_ROOM,
        /** Too many callers wait already. */
        FULL,
        /** The gate was closed. */
        CLOSED
    }
}
