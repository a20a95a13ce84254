package io.jenkins.plugins.dedalus.preview.error;

import java.time.Duration;

/** Too many callers wait for one machine already. */
public final class GateFullException extends WakeFailedException {
    private static final long serialVersionUID = 1L;

    /** Takes the machine, the cap and when to try again. */
    public GateFullException(String machineId, int cap, Duration retryAfter) {
        super(
                Kind.FULL,
                "Already " + cap + " requests wait for machine " + machineId + " to wake; try again shortly.",
                retryAfter,
                null);
    }
}
