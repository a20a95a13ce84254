package io.jenkins.plugins.dedalus.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Time that passes only when nothing is left to do now. One thread; among the tasks that are due, chance chooses. A task that
 * waits (an API call in flight, a retry's pause) lets others run meanwhile on the same stack, as other threads would.
 */
final class VirtualTime {
    static final Instant START = Instant.parse("2026-11-01T08:00:00Z");
    /** Deeper than this a wait only lets time pass: the waiting tasks' threads are all in use. */
    private static final int DEEPEST = 8;

    /** A task that may still be dropped. */
    static final class Task {
        private final long due;
        private final long number;
        private final BooleanSupplier alive;
        private Runnable work;

        private Task(long due, long number, BooleanSupplier alive, Runnable work) {
            this.due = due;
            this.number = number;
            this.alive = alive;
            this.work = work;
        }

        void drop() {
            work = null;
        }
    }

    private final Chance chance;
    private final PriorityQueue<Task> later = new PriorityQueue<>(
            Comparator.<Task>comparingLong(task -> task.due).thenComparingLong(task -> task.number));
    private final List<Task> due = new ArrayList<>();
    private final List<Runnable> onAdvance = new ArrayList<>();
    private Runnable afterTask = () -> {};
    private BooleanSupplier stopped = () -> false;
    private long now;
    private long numbers;
    private int depth;

    VirtualTime(Chance chance) {
        this.chance = chance;
    }

    /** Runs after each task, also of those that run while another waits. */
    void afterEachTask(Runnable check) {
        afterTask = check;
    }

    /** Once this is true, nothing runs any more. */
    void stopWhen(BooleanSupplier condition) {
        stopped = condition;
    }

    /** Runs whenever time has passed, before what is due then. */
    void onAdvance(Runnable hook) {
        onAdvance.add(hook);
    }

    long nanos() {
        return now;
    }

    Duration elapsed() {
        return Duration.ofNanos(now);
    }

    /** True time, which no clock in here need show. */
    Instant instant() {
        return START.plusNanos(now);
    }

    /** A clock that is wrong by as much as the offset says at each moment. */
    Clock clock(Supplier<Duration> offset) {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return VirtualTime.this.instant().plus(offset.get());
            }
        };
    }

    /** Runs a task after a delay, if its owner is alive then. */
    Task schedule(Duration delay, BooleanSupplier alive, Runnable work) {
        Task task = new Task(now + Math.max(0, delay.toNanos()), numbers++, alive, work);
        if (task.due <= now) {
            due.add(task);
        } else {
            later.add(task);
        }
        return task;
    }

    /** Runs one task, letting time pass up to the limit if none is due; false if there is none until then. */
    boolean runOne(long limit) {
        while (!stopped.getAsBoolean()) {
            collect();
            if (due.isEmpty()) {
                Task next = later.peek();
                if (next == null || next.due > limit) {
                    return false;
                }
                advance(next.due);
                continue;
            }
            Task task = take(chance.below(due.size()));
            Runnable work = task.work;
            if (work != null && task.alive.getAsBoolean()) {
                work.run();
                afterTask.run();
                return true;
            }
        }
        return false;
    }

    private Task take(int index) {
        Task last = due.remove(due.size() - 1);
        return index == due.size() ? last : due.set(index, last);
    }

    private void collect() {
        while (!later.isEmpty() && later.peek().due <= now) {
            due.add(later.poll());
        }
    }

    private void advance(long to) {
        if (to > now) {
            now = to;
            onAdvance.forEach(Runnable::run);
        }
    }

    /** Lets others run until it is enough, or the time is over. */
    void await(Duration atMost, BooleanSupplier enough) {
        long end = now + Math.max(0, atMost.toNanos());
        depth++;
        try {
            while (!enough.getAsBoolean() && now < end && !stopped.getAsBoolean()) {
                if (depth > DEEPEST || !runOne(end)) {
                    advance(end);
                }
            }
        } finally {
            depth--;
        }
    }

    /** Whether a task waits below the one that runs now. */
    boolean nested() {
        return depth > 0;
    }
}
