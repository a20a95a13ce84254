package io.jenkins.plugins.dedalus.client.error;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** 409 {@code SLEEP_HOLD_WINDOW_ACTIVE}: a machine just woken can't sleep for about five minutes. */
public class SleepHoldException extends ConflictException {

    private static final long serialVersionUID = 1L;

    private final Instant nextSleepEligibleAt;
    private final Duration remaining;

    /**
     * A failure.
     *
     * @param failure what is known
     * @param nextSleepEligibleAt when the machine may sleep; may be null
     * @param remaining how long until then; may be null
     */
    public SleepHoldException(ApiFailure failure, Instant nextSleepEligibleAt, Duration remaining) {
        super(failure);
        this.nextSleepEligibleAt = nextSleepEligibleAt;
        this.remaining = remaining;
    }

    /** When the machine may sleep, by the server's clock. */
    public Optional<Instant> nextSleepEligibleAt() {
        return Optional.ofNullable(nextSleepEligibleAt);
    }

    /** How long until the machine may sleep, as of the answer. */
    public Optional<Duration> remaining() {
        return Optional.ofNullable(remaining);
    }
}
