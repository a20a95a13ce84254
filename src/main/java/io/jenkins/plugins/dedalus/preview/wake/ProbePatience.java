package io.jenkins.plugins.dedalus.preview.wake;

import java.time.Duration;

/**
 * How long the next probe of one app may take. It doubles when a probe used all of it, for an app that compiles on demand is
 * slow and not deaf: it would never be seen to answer within a fixed time. Thread-safe.
 */
public final class ProbePatience {
    private static final Duration FIRST = Duration.ofSeconds(3);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private Duration timeout = FIRST;
    private long asked;

    /**
     * A probe begins.
     *
     * @param nanoTime the scheduler's monotonic time
     * @return after which it counts as unanswered
     */
    public synchronized Duration ask(long nanoTime) {
        asked = nanoTime;
        return timeout;
    }

    /**
     * The probe that began last got no answer.
     *
     * @param nanoTime the scheduler's monotonic time
     */
    public synchronized void unanswered(long nanoTime) {
        if (nanoTime - asked >= timeout.toNanos()) {
            Duration doubled = timeout.multipliedBy(2);
            timeout = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        }
    }
}
