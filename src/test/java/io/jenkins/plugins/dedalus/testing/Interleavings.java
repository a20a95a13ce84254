package io.jenkins.plugins.dedalus.testing;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * What may happen between two steps of something: it is stopped at each of its seams in turn, and another thing is done
 * meanwhile, as far as a lock of the first lets it. Every run is the same on a busy machine as on a quiet one: nothing is left
 * to chance, and no time limit decides. Lincheck 3.7 was tried for the
 * same: on a busy machine it took a minute of a processor for one case of the wake gate, and then called it hung.
 */
public final class Interleavings {
    /** Two things on the same new object, and what must be true once both are over. */
    public interface Case {
        /** Stopped at one seam. */
        void first() throws Exception;

        /** Done while the first is stopped. */
        void second() throws Exception;

        /** Throws if what came of it is wrong; the threads are over. */
        void check() throws Exception;
    }

    private static final int MORE_SEAMS_THAN_THERE_ARE = 500;

    private final int stop;
    private final AtomicInteger passed = new AtomicInteger();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile Thread first;

    private Interleavings(int stop) {
        this.stop = stop;
    }

    /**
     * Plays a case once for each seam of its first thing, and once with the second thing after it.
     *
     * @param make makes it anew; its doubles call the given seam wherever the first thing may be stopped
     * @return how many seams there are
     */
    public static int play(Function<Runnable, Case> make) throws Exception {
        for (int stop = 1; stop < MORE_SEAMS_THAN_THERE_ARE; stop++) {
            Interleavings run = new Interleavings(stop);
            if (!run.once(make.apply(run::seam))) {
                return stop - 1;
            }
        }
        throw new AssertionError("The seams do not end.");
    }

    /** False if the first thing was over before its seam came. */
    private boolean once(Case played) throws Exception {
        first = new Thread(() -> guarded(played::first), "first");
        Thread second = new Thread(() -> guarded(played::second), "second");
        first.start();
        boolean reached = reached();
        second.start();
        awaitBlocked(second);
        goOn.countDown();
        first.join();
        second.join();
        try {
            if (failure.get() != null) {
                throw failure.get();
            }
            played.check();
        } catch (Throwable e) {
            throw new AssertionError("With the second thing done at seam " + stop + " of the first: " + e, e);
        }
        return reached;
    }

    private boolean reached() throws InterruptedException {
        Thread watch = new Thread(() -> {
            try {
                first.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            stopped.countDown();
        });
        watch.start();
        stopped.await();
        boolean reached = passed.get() >= stop;
        if (!reached) {
            watch.join();
        }
        return reached;
    }

    /** Until it is over, or waits for something that the stopped one holds. */
    private static void awaitBlocked(Thread second) {
        Thread.State state = second.getState();
        while (state != Thread.State.TERMINATED && state != Thread.State.BLOCKED && state != Thread.State.WAITING) {
            Thread.yield();
            state = second.getState();
        }
    }

    private void seam() {
        if (Thread.currentThread() == first && passed.incrementAndGet() == stop) {
            stopped.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private void guarded(Step step) {
        try {
            step.run();
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }
}
