package io.jenkins.plugins.dedalus.preview.wake;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * The wake gate's limits.
 *
 * @param deadline a wake that takes longer fails and frees its slot; counts from its first call to Dedalus
 * @param queueLimit how long a wake may wait for its first call while too many others are under way; counts apart
 * @param callsAtOnce calls to Dedalus under way at once, over all machines, 1 or more
 * @param probesAtOnce probes under way at once, over all machines, 1 or more
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
        Duration queueLimit,
        int callsAtOnce,
        int probesAtOnce,
        Duration callTimeout,
        int maxWaiters,
        Duration deafAfter,
        Duration minBackoff,
        Duration maxBackoff,
        Duration probeMin,
        Duration probeMax) {
    /** 2 minutes in all, 1 minute in the queue, 256 calls and 128 probes at once, 60 s a call, 1,000 waiters, deaf after 5 s, backoff 0.5 to 30 s, probes 25 to 200 ms apart. */
    public static final WakeSettings DEFAULT = new WakeSettings(
            Duration.ofMinutes(2),
            Duration.ofMinutes(1),
            256,
            128,
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
        return with(draft -> draft.deadline = value);
    }

    /** The same with another limit of the time in the queue. */
    public WakeSettings withQueueLimit(Duration value) {
        return with(draft -> draft.queueLimit = value);
    }

    /** The same with other limits of what is under way at once over all machines. */
    public WakeSettings withAtOnce(int calls, int probes) {
        return with(draft -> {
            draft.callsAtOnce = calls;
            draft.probesAtOnce = probes;
        });
    }

    /** The same with another limit for one call. */
    public WakeSettings withCallTimeout(Duration value) {
        return with(draft -> draft.callTimeout = value);
    }

    /** The same with another cap of waiters per machine. */
    public WakeSettings withMaxWaiters(int value) {
        return with(draft -> draft.maxWaiters = value);
    }

    /** The same with another patience for a deaf app. */
    public WakeSettings withDeafAfter(Duration value) {
        return with(draft -> draft.deafAfter = value);
    }

    /** The same with other pauses after failures. */
    public WakeSettings withBackoff(Duration min, Duration max) {
        return with(draft -> {
            draft.minBackoff = min;
            draft.maxBackoff = max;
        });
    }

    private WakeSettings with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.done();
    }

    /** Settings in the making. */
    private static final class Draft {
        private Duration deadline;
        private Duration queueLimit;
        private int callsAtOnce;
        private int probesAtOnce;
        private Duration callTimeout;
        private int maxWaiters;
        private Duration deafAfter;
        private Duration minBackoff;
        private Duration maxBackoff;
        private final Duration probeMin;
        private final Duration probeMax;

        Draft(WakeSettings from) {
            deadline = from.deadline;
            queueLimit = from.queueLimit;
            callsAtOnce = from.callsAtOnce;
            probesAtOnce = from.probesAtOnce;
            callTimeout = from.callTimeout;
            maxWaiters = from.maxWaiters;
            deafAfter = from.deafAfter;
            minBackoff = from.minBackoff;
            maxBackoff = from.maxBackoff;
            probeMin = from.probeMin;
            probeMax = from.probeMax;
        }

        WakeSettings done() {
            return new WakeSettings(
                    deadline,
                    queueLimit,
                    callsAtOnce,
                    probesAtOnce,
                    callTimeout,
                    maxWaiters,
                    deafAfter,
                    minBackoff,
                    maxBackoff,
                    probeMin,
                    probeMax);
        }
    }
}
