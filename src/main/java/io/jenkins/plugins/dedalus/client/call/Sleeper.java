package io.jenkins.plugins.dedalus.client.call;

import java.time.Duration;

/** Waits; injected so that tests of retries take no time. */
@FunctionalInterface
public interface Sleeper {

    /**
     * Blocks the calling thread.
     *
     * @param duration how long; zero or negative returns at once
     * @throws InterruptedException when the thread is interrupted meanwhile
     */
    void sleep(Duration duration) throws InterruptedException;

    /** The sleeper that really waits. */
    static Sleeper system() {
        return duration -> Thread.sleep(Math.max(0, duration.toMillis()));
    }
}
