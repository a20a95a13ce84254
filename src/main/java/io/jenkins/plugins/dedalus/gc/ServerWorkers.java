package io.jenkins.plugins.dedalus.gc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BinaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Questions to servers, gathered and put by one worker a server, so that a server which hangs or wants a pause keeps nobody
 * else waiting. The same question is put once. Thread-safe.
 */
final class ServerWorkers<Q> implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(ServerWorkers.class.getName());

    /**
     * How it is done.
     *
     * @param gather how long no further question for a server may come before what came is put
     * @param longest how long questions are gathered at most
     * @param idle how long a worker waits for more before it ends
     * @param workers how many servers are asked at a time
     * @param most how many questions may wait altogether
     */
    record Settings(Duration gather, Duration longest, Duration idle, int workers, int most) {
        static final Settings DEFAULT =
                new Settings(Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(20), 8, 20_000);
    }

    /** Puts all questions that there are for a server. May wait for it. */
    @FunctionalInterface
    interface Work<Q> {
        void put(String server, List<Q> questions) throws InterruptedException;
    }

    /** What waits for one server. */
    private static final class Queue<Q> {
        private final Map<Object, Q> questions = new LinkedHashMap<>();
        private boolean served;
        private long first;
        private long last;
    }

    private final Settings settings;
    private final Work<Q> work;
    private final ThreadFactory threads;
    private final Map<String, Queue<Q>> queues = new HashMap<>();
    /** Servers with questions that no worker is free for, the longest waiting first. */
    private final Deque<String> unserved = new ArrayDeque<>();

    private final Map<Thread, String> workers = new HashMap<>();
    private int waiting;
    private int underWay;
    private boolean closed;

    ServerWorkers(Settings settings, Work<Q> work, ThreadFactory threads) {
        this.settings = settings;
        this.work = work;
        this.threads = threads;
    }

    /**
     * Puts a question soon. Returns at once.
     *
     * @param of what it is about: another one that waits is put together with it
     * @param both makes one of two; the first one's is the earlier
     * @return false if far too many wait
     */
    synchronized boolean ask(String server, Object of, Q question, BinaryOperator<Q> both) {
        if (closed) {
            return false;
        }
        Queue<Q> queue = queues.computeIfAbsent(server, name -> new Queue<>());
        if (!queue.questions.containsKey(of)) {
            if (waiting >= settings.most()) {
                return false;
            }
            waiting++;
        }
        long now = System.nanoTime();
        queue.first = queue.questions.isEmpty() ? now : queue.first;
        queue.last = now;
        queue.questions.merge(of, question, both);
        if (queue.served) {
            notifyAll();
        } else {
            begin(server, queue);
        }
        return true;
    }

    private void begin(String server, Queue<Q> queue) {
        if (workers.size() < settings.workers()) {
            queue.served = true;
            Thread worker = threads.newThread(() -> serve(server));
            workers.put(worker, server);
            worker.start();
        } else if (!unserved.contains(server)) {
            unserved.add(server);
            // An idle worker may take it.
            notifyAll();
        }
    }

    private void serve(String first) {
        String server = first;
        try {
            while (server != null) {
                List<Q> questions = take(server);
                if (questions.isEmpty()) {
                    server = another(server);
                } else {
                    put(server, questions);
                }
            }
        } catch (InterruptedException e) {
            LOGGER.log(Level.FINE, "Jenkins stops: the next start asks again.", e);
        } finally {
            ended();
        }
    }

    private void put(String server, List<Q> questions) throws InterruptedException {
        try {
            work.put(server, questions);
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "What " + server + " knows could not be found out.");
        } finally {
            synchronized (this) {
                underWay -= questions.size();
                notifyAll();
            }
        }
    }

    /** What there is once no more comes; empty if nothing came for a while, or another server waits. */
    private synchronized List<Q> take(String server) throws InterruptedException {
        Queue<Q> queue = queues.get(server);
        long idleFrom = System.nanoTime();
        while (true) {
            long now = System.nanoTime();
            long left;
            if (queue.questions.isEmpty()) {
                left = unserved.isEmpty() ? settings.idle().toNanos() - (now - idleFrom) : 0;
                if (left <= 0) {
                    return List.of();
                }
            } else {
                left = Math.min(
                        settings.gather().toNanos() - (now - queue.last),
                        settings.longest().toNanos() - (now - queue.first));
                if (left <= 0) {
                    List<Q> all = List.copyOf(queue.questions.values());
                    queue.questions.clear();
                    waiting -= all.size();
                    underWay += all.size();
                    return all;
                }
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** The next server that this worker serves; null if it isn't needed any more. */
    private synchronized String another(String server) {
        if (!queues.get(server).questions.isEmpty()) {
            return server;
        }
        queues.remove(server);
        String next = unserved.poll();
        if (next == null) {
            // In one step: whoever asks from now on begins another worker.
            workers.remove(Thread.currentThread());
            return null;
        }
        queues.get(next).served = true;
        workers.put(Thread.currentThread(), next);
        return next;
    }

    private synchronized void ended() {
        String server = workers.remove(Thread.currentThread());
        Queue<Q> left = server == null ? null : queues.get(server);
        if (left != null && !closed && !left.questions.isEmpty()) {
            begin(server, left);
        } else if (left != null) {
            queues.remove(server);
        }
        notifyAll();
    }

    /** Waits until no question waits or is being put. */
    synchronized void awaitIdle(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (waiting + underWay > 0 && System.nanoTime() < end) {
            TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
        }
    }

    /** Ends the workers where they stand. What wasn't asked is asked again by the next reconciliation. */
    @Override
    public synchronized void close() {
        closed = true;
        workers.keySet().forEach(Thread::interrupt);
    }
}
