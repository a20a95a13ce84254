package io.jenkins.plugins.dedalus.proxy.spi;

import java.time.Duration;

/** A wake that ended without an awake app; says what the viewer is told. */
public final class WakeRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Duration retryAfter;

    /**
     * Makes one.
     *
     * @param status the HTTP status for the viewer: 503 (try again, or build again), 504 (deadline)
     * @param sentence what failed and what to do next, without secrets
     * @param retryAfter when trying again makes sense; null when unknown
     */
    public WakeRefusedException(int status, String sentence, Duration retryAfter, Throwable cause) {
        super(sentence, cause);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /** The HTTP status for the viewer. */
    public int status() {
        return status;
    }

    /** When trying again makes sense; null when unknown. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
