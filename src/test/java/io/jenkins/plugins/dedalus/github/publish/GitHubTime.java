package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A scheduler and clock on the test's thread, whose time passes only when the test lets it. */
public final class GitHubTime extends Clock implements EngineScheduler {
    private static final Instant START = Instant.parse("2026-11-27T12:00:00Z");

    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
    private long now;
    private long number;

    private record Due(long at, long number, Runnable task) {}

    /** Runs what is due within this time, and lets all of it pass. */
    public void pass(Duration time) {
        long end = now + time.toNanos();
        while (!due.isEmpty() && due.peek().at() <= end) {
            Due next = due.remove();
            now = Math.max(now, next.at());
            next.task().run();
        }
        now = end;
    }

    /** The process ends: nothing that is due happens. */
    public void stop() {
        due.clear();
    }

    public Duration passed() {
        return Duration.ofNanos(now);
    }

    @Override
    public void execute(Runnable task) {
        schedule(Duration.ZERO, task);
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        Due later = new Due(now + Math.max(0, delay.toNanos()), number++, task);
        due.add(later);
        return () -> due.remove(later);
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Instant instant() {
        return START.plusNanos(now);
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
