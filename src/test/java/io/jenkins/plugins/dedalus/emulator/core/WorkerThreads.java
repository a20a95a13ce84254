package io.jenkins.plugins.dedalus.emulator.core;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Real threads: as many workers as there is work, and one that counts time. */
final class WorkerThreads implements Workers {
    private static final Logger LOG = Logger.getLogger(WorkerThreads.class.getName());

    private final ExecutorService pool = Executors.newCachedThreadPool(work -> daemon(work, "emulator-worker"));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "emulator-timer"));

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable work) {
        try {
            pool.execute(() -> guarded(work));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.FINE, "Dropped work: the emulator is closed.", e);
        }
    }

    @Override
    public void later(long millis, Runnable work) {
        try {
            timer.schedule(() -> execute(work), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.FINE, "Dropped work: the emulator is closed.", e);
        }
    }

    @Override
    public void every(long millis, Runnable work) {
        timer.scheduleWithFixedDelay(() -> guarded(work), millis, millis, TimeUnit.MILLISECONDS);
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "Work of the emulator failed.", e);
        }
    }

    @Override
    public void stopTimer() {
        timer.shutdownNow();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        pool.shutdownNow();
    }
}
