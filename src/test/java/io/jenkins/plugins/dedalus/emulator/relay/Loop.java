package io.jenkins.plugins.dedalus.emulator.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** One thread and its selector. What is registered here is touched by this thread only. */
public final class Loop implements AutoCloseable {
    /** Hears that a channel is ready. */
    interface Handler {
        void ready(SelectionKey key) throws IOException;

        /** Gives up after a failure. */
        void broken(IOException failure);
    }

    private record Timer(long at, long order, Runnable work) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(at - other.at, 0);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private static final Logger LOG = Logger.getLogger(Loop.class.getName());
    private static final int SCRATCH = 128 * 1024;

    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH);
    private final Thread thread;
    private long timersSet;
    private volatile boolean closed;

    /** Starts the thread. */
    public Loop(String name) throws IOException {
        selector = Selector.open();
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Runs something on the thread, soon. */
    public void execute(Runnable work) {
        tasks.add(work);
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    /** Runs something on the thread and hands its result over. */
    public <T> CompletableFuture<T> call(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        execute(() -> {
            try {
                result.complete(work.get());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        if (closed) {
            result.completeExceptionally(new IllegalStateException("The emulator is closed."));
        }
        return result;
    }

    /** Runs something on the thread later; called on the thread. */
    void schedule(long millis, Runnable work) {
        timers.add(new Timer(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), timersSet++, work));
    }

    /** An empty buffer that is whoever's turn it is. */
    ByteBuffer scratch() {
        return scratch.clear();
    }

    SelectionKey register(SelectableChannel channel, int operations, Handler handler) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, operations, handler);
    }

    private void run() {
        try {
            while (!closed) {
                select();
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    guarded(task);
                }
                while (!timers.isEmpty() && timers.peek().at() - System.nanoTime() <= 0) {
                    guarded(timers.poll().work());
                }
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            LOG.log(Level.SEVERE, "The relay's selector failed; no preview URL works any more.", e);
        }
    }

    private void select() throws IOException {
        if (!tasks.isEmpty()) {
            selector.selectNow(Loop::dispatch);
        } else if (timers.isEmpty()) {
            selector.select(Loop::dispatch);
        } else {
            long nanos = timers.peek().at() - System.nanoTime();
            if (nanos <= 0) {
                selector.selectNow(Loop::dispatch);
            } else {
                selector.select(Loop::dispatch, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
            }
        }
    }

    private static void dispatch(SelectionKey key) {
        Handler handler = (Handler) key.attachment();
        try {
            if (key.isValid()) {
                handler.ready(key);
            }
        } catch (IOException e) {
            handler.broken(e);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "A relayed connection failed.", e);
            handler.broken(new IOException(e));
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "A task of the relay failed.", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        if (Thread.currentThread() != thread) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
