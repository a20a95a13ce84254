package io.jenkins.plugins.dedalus.preview.engine;

import java.time.Duration;
import java.util.concurrent.Executor;

/** Runs short tasks on a small bounded pool, now or after a while, and tells how much time has passed. */
public interface EngineScheduler extends Executor {
    /** Runs the task on the pool after the delay; running the returned handle drops it if it hasn't begun. */
    Runnable schedule(Duration delay, Runnable task);

    /**
     * Nanoseconds on a clock that only moves forward, whatever happens to the time of day: for durations, limits and
     * deadlines within this process. Only differences mean anything, as with {@link System#nanoTime}.
     */
    default long nanoTime() {
        return System.nanoTime();
    }
}
