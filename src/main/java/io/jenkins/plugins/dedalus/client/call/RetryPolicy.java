package io.jenkins.plugins.dedalus.client.call;

import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * How often and after what wait to try again: 0.5 s doubling to 8 s, shortened by up to 25 % at random so that clients
 * that failed together don't come back together. A wait the server asks for is taken as it is.
 */
public final class RetryPolicy {

    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration CAP = Duration.ofSeconds(8);
    private static final double JITTER = 0.25;
    private static final int DOUBLINGS = 4;

    private final int maxRetries;
    private final DoubleSupplier random;

    public RetryPolicy(int maxRetries, DoubleSupplier random) {
        this.maxRetries = maxRetries;
        this.random = random;
    }

    public int maxRetries() {
        return maxRetries;
    }

    /**
     * The wait before the next try.
     *
     * @param retriesBefore 0 before the first retry
     * @param asked what the server asks for
     */
    public Duration delay(int retriesBefore, Optional<Duration> asked) {
        if (asked.isPresent() && !asked.get().isNegative() && !asked.get().isZero()) {
            return asked.get();
        }
        Duration base = FIRST.multipliedBy(1L << Math.min(Math.max(0, retriesBefore), DOUBLINGS));
        long millis = Math.min(base.toMillis(), CAP.toMillis());
        double drawn = random.getAsDouble();
        double fraction = Double.isNaN(drawn) ? 0 : Math.min(1, Math.max(0, drawn));
        return Duration.ofMillis(Math.round(millis * (1 - JITTER * fraction)));
    }
}
