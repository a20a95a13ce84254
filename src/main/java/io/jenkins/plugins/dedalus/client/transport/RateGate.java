package io.jenkins.plugins.dedalus.client.transport;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * How long the API wants to hear nothing of some calls. Once that is over, calls that somebody waits for go at once, spread
 * over a moment; polls go after that moment. Thread-safe.
 */
final class RateGate {

    /** Whatever a server asks for: after this long somebody asks it again. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final Duration LONGEST_MOMENT = Duration.ofSeconds(1);
    private static final int POLLS_MOMENTS = 4;

    private final LongSupplier nanoTime;
    private final DoubleSupplier random;
    private final boolean polls;
    private boolean closed;
    private long opens;
    private Duration moment = Duration.ZERO;

    RateGate(LongSupplier nanoTime, DoubleSupplier random, boolean polls) {
        this.nanoTime = nanoTime;
        this.random = random;
        this.polls = polls;
    }

    /** Nobody may call for this long; what was asked for before stays if it is longer. */
    synchronized void close(Duration asked) {
        Duration pause = asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
        long end = nanoTime.getAsLong() + pause.toNanos();
        if (!closed || end - opens > 0) {
            closed = true;
            opens = end;
            Duration half = pause.dividedBy(2);
            moment = half.compareTo(LONGEST_MOMENT) > 0 ? LONGEST_MOMENT : half;
        }
    }

    /** When a call should come again, spread at random; zero if it may go now. */
    synchronized Duration delay() {
        if (!closed) {
            return Duration.ZERO;
        }
        Duration left = Duration.ofNanos(opens - nanoTime.getAsLong());
        Duration wait = polls ? left.plus(moment) : left;
        if (wait.isNegative() || wait.isZero()) {
            closed = false;
            return Duration.ZERO;
        }
        Duration spread = polls ? moment.multipliedBy(POLLS_MOMENTS) : moment;
        Duration drawn = wait.plusNanos((long) (spread.toNanos() * random.getAsDouble()));
        // Whole milliseconds, rounded up: who comes a fraction too early would only be sent away again.
        return Duration.ofMillis(drawn.plusNanos(999_999).toMillis());
    }
}
