package io.jenkins.plugins.dedalus.preview;

import java.time.Duration;
import java.util.concurrent.Executor;

/** Runs short tasks on a small bounded pool, now or after a while. */
public interface EngineScheduler extends Executor {
    /** Runs the task on the pool after the delay; running the returned handle drops it if it hasn't begun. */
    Runnable schedule(Duration delay, Runnable task);
}
