package io.jenkins.plugins.dedalus.preview.wake;

import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a gate's calls to Dedalus wait for their answers: on threads of their own, many, for a wake's answer may come only
 * once the machine runs. Calls of wakes under way go before wakes that haven't begun.
 */
public final class WakeCalls implements AutoCloseable {
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong count = new AtomicLong();
    private final ThreadPoolExecutor threads;
    private final Executor executor;
    private final int most;

    private record Call(boolean first, long number, Runnable work) implements Runnable, Comparable<Call> {
        @Override
        public void run() {
            work.run();
        }

        @Override
        public int compareTo(Call other) {
            return first == other.first ? Long.compare(number, other.number) : Boolean.compare(first, other.first);
        }
    }

    /** Calls on threads of their own, as many as that; idle ones end. */
    public WakeCalls(int most) {
        this.most = most;
        this.threads = new ThreadPoolExecutor(
                most, most, 10, TimeUnit.SECONDS, new PriorityBlockingQueue<>(), EngineThreads.daemons("dedalus-wake"));
        this.threads.allowCoreThreadTimeOut(true);
        this.executor = threads;
    }

    /** Calls on somebody else's threads. */
    public WakeCalls(Executor executor) {
        this.most = Integer.MAX_VALUE;
        this.threads = null;
        this.executor = executor;
    }

    /** A wake's first call. */
    void begin(Runnable work) {
        waiting.incrementAndGet();
        submit(true, () -> {
            waiting.decrementAndGet();
            work.run();
        });
    }

    /** A call of a wake under way. */
    void goOn(Runnable work) {
        submit(false, work);
    }

    private void submit(boolean first, Runnable work) {
        executor.execute(new Call(first, count.incrementAndGet(), work));
    }

    /** How many wakes have not begun for want of a place. */
    int waiting() {
        return waiting.get();
    }

    /** How many calls there may be at once. */
    int most() {
        return most;
    }

    /** Takes no more calls; those under way end by their cancellation. */
    @Override
    public void close() {
        if (threads != null) {
            threads.getQueue().clear();
            threads.shutdown();
        }
    }
}
