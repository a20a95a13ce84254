package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import java.time.Duration;

/** Time that passes: the real one plus what a test lets pass, for clocks and for the monotonic time alike. */
public final class TestTime {
    private static final Duration LONG = Duration.ofSeconds(10);

    private volatile Duration passed = Duration.ZERO;
    private volatile boolean skipping;

    public synchronized void pass(Duration time) {
        passed = passed.plus(time);
    }

    /** From now on who schedules something for later than 10 s makes that time pass at once. */
    void skipLongWaits() {
        skipping = true;
    }

    Duration passed() {
        return passed;
    }

    public long nanoTime() {
        return System.nanoTime() + passed.toNanos();
    }

    /** The scheduler with this time; delays that aren't skipped run in real time. */
    public EngineScheduler on(EngineScheduler scheduler) {
        return new EngineScheduler() {
            @Override
            public Runnable schedule(Duration delay, Runnable task) {
                if (skipping && delay.compareTo(LONG) >= 0) {
                    pass(delay);
                    return scheduler.schedule(Duration.ofMillis(1), task);
                }
                return scheduler.schedule(delay, task);
            }

            @Override
            public void execute(Runnable task) {
                scheduler.execute(task);
            }

            @Override
            public long nanoTime() {
                return TestTime.this.nanoTime();
            }
        };
    }
}
