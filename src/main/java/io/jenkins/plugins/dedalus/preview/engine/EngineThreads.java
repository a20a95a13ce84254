package io.jenkins.plugins.dedalus.preview.engine;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The engine's own threads: one for the time, a few for the calls. All daemons; idle ones end. */
public final class EngineThreads implements EngineScheduler, AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor workers;

    /**
     * Makes a pool.
     *
     * @param name the threads' name, e.g. {@code dedalus-engine}
     * @param size how many calls run at once, 1 or more
     */
    public EngineThreads(String name, int size) {
        timer = new ScheduledThreadPoolExecutor(1, daemons(name + "-timer"));
        timer.setRemoveOnCancelPolicy(true);
        workers = new ThreadPoolExecutor(size, size, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons(name));
        workers.allowCoreThreadTimeOut(true);
    }

    public static ThreadFactory daemons(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void execute(Runnable task) {
        workers.execute(task);
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        Future<?> future = timer.schedule(() -> handOver(task), delay.toMillis(), TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    private void handOver(Runnable task) {
        try {
            workers.execute(task);
        } catch (RejectedExecutionException closed) {
            // Closed in between: what is under way stands in the ledger and goes on after the next start.
            timer.shutdown();
        }
    }

    /** Stops taking tasks and drops those that wait. What runs is not interrupted: calls end by their cancellation. */
    @Override
    public void close() {
        timer.shutdownNow();
        workers.getQueue().clear();
        workers.shutdown();
    }
}
