package io.jenkins.plugins.dedalus.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who asks which server, and how often. */
class ServerWorkersTest {
    private static final Duration SOON = Duration.ofMillis(50);

    private final Queue<String> put = new ConcurrentLinkedQueue<>();
    private final Set<String> threads = ConcurrentHashMap.newKeySet();
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger mostAtWork = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);
    private ServerWorkers<String> workers;

    private void workers(int servers, int most, Duration gather) {
        workers = new ServerWorkers<>(
                new ServerWorkers.Settings(gather, gather.multipliedBy(20), Duration.ofMillis(200), servers, most),
                this::work,
                task -> {
                    Thread thread = new Thread(task, "worker-" + made.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    private void work(String server, List<String> questions) throws InterruptedException {
        mostAtWork.accumulateAndGet(atWork.incrementAndGet(), Math::max);
        try {
            threads.add(Thread.currentThread().getName());
            if (server.startsWith("hangs")) {
                release.await();
            }
            if (server.startsWith("fails")) {
                throw new IllegalStateException("the server says no");
            }
            put.add(server + questions);
        } finally {
            atWork.decrementAndGet();
        }
    }

    private boolean ask(String server, String question) {
        return workers.ask(server, question, question, (before, now) -> before + "+" + now);
    }

    @AfterEach
    void stop() {
        release.countDown();
        workers.close();
    }

    @Test
    void whatComesTogetherIsPutTogetherAndOnce() throws Exception {
        workers(8, 100, Duration.ofMillis(300));
        ask("github", "a");
        ask("github", "b");
        ask("github", "a");
        workers.awaitIdle(Duration.ofMinutes(1));
        assertThat(put).containsExactly("github[a+a, b]");
        assertThat(threads).hasSize(1);
    }

    @Test
    void aServerThatHangsKeepsNoOtherWaitingAndHoldsOneThread() throws Exception {
        workers(8, 100, SOON);
        for (int i = 0; i < 50; i++) {
            ask("hangs", "q" + i);
        }
        ask("other", "a");
        await().until(() -> put.contains("other[a]"));
        await().until(() -> atWork.get() == 1);
        for (int i = 0; i < 50; i++) {
            ask("hangs", "r" + i);
        }
        assertThat(made.get()).isLessThanOrEqualTo(2);
        release.countDown();
        workers.awaitIdle(Duration.ofMinutes(1));
        assertThat(put).hasSize(3);
    }

    @Test
    void moreServersThanWorkersTakeTurns() throws Exception {
        workers(2, 100, SOON);
        for (int i = 0; i < 20; i++) {
            ask("server" + i, "a");
        }
        workers.awaitIdle(Duration.ofMinutes(1));
        assertThat(put).hasSize(20);
        assertThat(mostAtWork.get()).isLessThanOrEqualTo(2);
        assertThat(made.get()).isLessThanOrEqualTo(4);
    }

    @Test
    void aFailureEndsNothing() throws Exception {
        workers(1, 100, SOON);
        ask("fails", "a");
        workers.awaitIdle(Duration.ofMinutes(1));
        ask("fails", "b");
        ask("other", "c");
        workers.awaitIdle(Duration.ofMinutes(1));
        assertThat(put).containsExactly("other[c]");
    }

    @Test
    void noMoreThanSoManyWait() throws Exception {
        workers(1, 3, Duration.ofSeconds(1));
        assertThat(ask("github", "a")).isTrue();
        assertThat(ask("github", "b")).isTrue();
        assertThat(ask("other", "c")).isTrue();
        assertThat(ask("other", "d")).isFalse();
        assertThat(ask("github", "a")).as("it waits already").isTrue();
        workers.awaitIdle(Duration.ofMinutes(1));
        assertThat(ask("other", "d")).isTrue();
    }

    @Test
    void workersEndWhenNothingIsAsked() throws Exception {
        workers(4, 100, SOON);
        ask("github", "a");
        workers.awaitIdle(Duration.ofMinutes(1));
        await().until(() ->
                Thread.getAllStackTraces().keySet().stream().noneMatch(thread -> threads.contains(thread.getName())));
        ask("github", "b");
        workers.awaitIdle(Duration.ofMinutes(1));
        assertThat(put).containsExactly("github[a]", "github[b]");
    }
}
