package io.jenkins.plugins.dedalus.client;

import io.jenkins.plugins.dedalus.client.call.Sleeper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock that only moves when somebody sleeps. */
public final class FakeTime extends Clock implements Sleeper {

    static final Instant START = Instant.parse("2026-11-24T02:00:00Z");

    private final List<Duration> sleeps = new CopyOnWriteArrayList<>();
    private volatile Instant now = START;
    private volatile Runnable onSleep = () -> {};

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        sleeps.add(duration);
        now = now.plus(duration);
        onSleep.run();
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Runs while somebody sleeps. */
    void onSleep(Runnable action) {
        onSleep = action;
    }

    public List<Duration> sleeps() {
        return new ArrayList<>(sleeps);
    }

    /** The same time as a monotonic clock tells it. */
    long nanoTime() {
        return Duration.between(START, now).toNanos();
    }

    public void advance(Duration by) {
        now = now.plus(by);
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
