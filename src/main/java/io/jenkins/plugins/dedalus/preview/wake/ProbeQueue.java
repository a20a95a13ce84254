package io.jenkins.plugins.dedalus.preview.wake;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets so many probes be under way and the others wait; each one's time begins when it is sent. Parks no thread. */
final class ProbeQueue {
    private final ReadinessProbe probe;
    private final int most;
    private final Queue<Waiting> queue = new ArrayDeque<>();
    private final AtomicInteger sending = new AtomicInteger();
    private int underWay;

    private record Waiting(
            URI upstream, String path, boolean restricted, Duration timeout, CompletableFuture<Boolean> answer) {}

    ProbeQueue(ReadinessProbe probe, int most) {
        this.probe = probe;
        this.most = most;
    }

    /**
     * Asks as soon as there is a place.
     *
     * @param answer completed with what the probe says; who cancels it before gives up the place in the queue, and nobody is
     *     asked
     */
    void ask(URI upstream, String path, boolean restricted, Duration timeout, CompletableFuture<Boolean> answer) {
        Waiting one = new Waiting(upstream, path, restricted, timeout, answer);
        synchronized (this) {
            queue.add(one);
        }
        sendNext();
    }

    /** One thread sends for all: a probe that ends at once must not send the next one from within. */
    private void sendNext() {
        if (sending.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            for (Waiting next = take(); next != null; next = take()) {
                send(next);
            }
            seen = sending.addAndGet(-seen);
        } while (seen > 0);
    }

    private synchronized Waiting take() {
        if (underWay >= most) {
            return null;
        }
        Waiting next = queue.poll();
        while (next != null && next.answer().isDone()) {
            next = queue.poll();
        }
        underWay += next == null ? 0 : 1;
        return next;
    }

    private void send(Waiting one) {
        CompletionStage<Boolean> asked;
        try {
            asked = probe.answers(one.upstream(), one.path(), one.restricted(), one.timeout());
        } catch (RuntimeException | Error e) {
            asked = CompletableFuture.failedFuture(new BrokenProbeException(e));
        }
        asked.whenComplete((answers, failure) -> {
            synchronized (this) {
                underWay--;
            }
            sendNext();
            if (failure == null) {
                one.answer().complete(answers);
            } else {
                one.answer().completeExceptionally(failure);
            }
        });
    }

    /** A probe that could not even ask: asking again would change nothing. */
    static final class BrokenProbeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenProbeException(Throwable cause) {
            super("the app could not be asked: " + cause, cause);
        }
    }
}
