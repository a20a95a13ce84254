package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** The engine's scheduler and clock on one thread, whose time passes only when a test lets it. */
final class VirtualTime extends Clock implements EngineScheduler {
    private static final Instant START = Instant.parse("2026-11-27T12:00:00Z");

    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
    private long now;
    private long number;

    private record Due(long at, long number, Runnable task) {}

    @Override
    public synchronized void execute(Runnable task) {
        due.add(new Due(now, number++, task));
    }

    @Override
    public synchronized Runnable schedule(Duration delay, Runnable task) {
        Due later = new Due(now + Math.max(0, delay.toNanos()), number++, task);
        due.add(later);
        return () -> drop(later);
    }

    private synchronized void drop(Due task) {
        due.remove(task);
    }

    /** Runs what is due, and lets time pass, until the condition holds; fails after that much virtual time. */
    void runUntil(BooleanSupplier condition, Duration atMost) {
        long end = now + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            Due next = take(end);
            if (next == null) {
                throw new AssertionError("not so within " + atMost + " of virtual time");
            }
            next.task().run();
        }
    }

    private synchronized Due take(long end) {
        Due next = due.peek();
        if (next == null || next.at() > end) {
            return null;
        }
        due.remove();
        now = Math.max(now, next.at());
        return next;
    }

    Duration passed() {
        return Duration.ofNanos(nanoTime());
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public Instant instant() {
        return START.plusNanos(nanoTime());
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
