package io.jenkins.plugins.dedalus.preview;

import java.time.Duration;

/**
 * The wake gate's limits.
 *
 * @param deadline a wake that takes longer fails and frees its slot
 * @param callTimeout one wake call; a longer one is cut off and tried again, for a wake is idempotent
 * @param maxWaiters callers that may wait for one machine
 * @param deafAfter how long a running machine's app may stay deaf before its start command is run
 * @param minBackoff pause after the first failed wake, doubling
 * @param maxBackoff the longest pause, unless Dedalus asks for a longer one of at most 2 minutes
 * @param probeMin first pause between probes, doubling
 * @param probeMax longest pause between probes
 */
public record WakeSettings(
        Duration deadline,
        Duration callTimeout,
        int maxWaiters,
        Duration deafAfter,
        Duration minBackoff,
        Duration maxBackoff,
        Duration probeMin,
        Duration probeMax) {
    /** 2 minutes in all, 60 s a call, 1,000 waiters, deaf after 5 s, backoff 0.5 to 30 s, probes 25 to 200 ms apart. */
    public static final WakeSettings DEFAULT = new WakeSettings(
            Duration.ofMinutes(2),
            Duration.ofSeconds(60),
            1000,
            Duration.ofSeconds(5),
            Duration.ofMillis(500),
            Duration.ofSeconds(30),
            Duration.ofMillis(25),
            Duration.ofMillis(200));

    /** The pause after so many failures before: doubling from the least to the longest. */
    Duration backoff(int before) {
        Duration doubled = minBackoff.multipliedBy(1L << Math.min(before, 16));
        return doubled.compareTo(maxBackoff) > 0 ? maxBackoff : doubled;
    }

    /** The same with another deadline. */
    public WakeSettings withDeadline(Duration value) {
        return new WakeSettings(value, callTimeout, maxWaiters, deafAfter, minBackoff, maxBackoff, probeMin, probeMax);
    }

    /** The same with another limit for one call. */
    public WakeSettings withCallTimeout(Duration value) {
        return new WakeSettings(deadline, value, maxWaiters, deafAfter, minBackoff, maxBackoff, probeMin, probeMax);
    }

    /** The same with another cap of waiters per machine. */
    public WakeSettings withMaxWaiters(int value) {
        return new WakeSettings(deadline, callTimeout, value, deafAfter, minBackoff, maxBackoff, probeMin, probeMax);
    }

    /** The same with another patience for a deaf app. */
    public WakeSettings withDeafAfter(Duration value) {
        return new WakeSettings(deadline, callTimeout, maxWaiters, value, minBackoff, maxBackoff, probeMin, probeMax);
    }

    /** The same with other pauses after failures. */
    public WakeSettings withBackoff(Duration min, Duration max) {
        return new WakeSettings(deadline, callTimeout, maxWaiters, deafAfter, min, max, probeMin, probeMax);
    }
}
