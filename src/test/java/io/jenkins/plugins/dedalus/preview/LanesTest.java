package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.preview.error.SupersededException;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import io.jenkins.plugins.dedalus.testing.Interleavings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A preview that nobody works on costs no memory, and never are there two lanes for one. */
class LanesTest {
    @Test
    void aLaneGoesWithItsLastOperationAndStaysWhileOneWaits(@TempDir Path directory) throws Exception {
        try (Bench bench = new Bench(directory)) {
            OperationQueues queues = bench.lifecycle.queues();
            PreviewOperation hanging =
                    bench.ensure(Bench.request(OneAtATimeTest.noApp("echo hanging; sleep 1000"), 1, COMMIT_A));
            await().until(() -> bench.output.contains("hanging"));
            OperationQueue used = queues.use(KEY, queue -> queue);
            PreviewOperation waiting = bench.ensure(
                    Bench.request(OneAtATimeTest.noApp("until [ -e ~/go ]; do sleep 0.05; done"), 2, COMMIT_B));
            assertThatThrownBy(() -> Bench.await(hanging)).isInstanceOf(SupersededException.class);
            OperationQueue asked = queues.use(KEY, queue -> queue);
            assertThat(asked == used).isTrue();
            assertThat(queues.size()).isOne();
            assertThat(bench.lifecycle.running(KEY)).contains(waiting);

            bench.letGo();
            Bench.await(waiting);
            await().until(() -> queues.size() == 0);
            bench.down();
            await().until(() -> queues.size() == 0);
            assertThat(bench.lifecycle.reopen(KEY)).isFalse();
            assertThat(queues.size()).isZero();
        }
    }

    @Test
    void manyWhoComeAndGoNeverMeetTwoLanesOfOnePreview() throws Exception {
        OperationQueues queues = new OperationQueues(null);
        AtomicInteger inside = new AtomicInteger();
        AtomicBoolean met = new AtomicBoolean();
        AtomicInteger turns = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService crowd = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ends.add(crowd.submit(() -> {
                    start.await();
                    for (int turn = 0; turn < 1000; turn++) {
                        queues.use(
                                KEY,
                                queue -> queue.idle(() -> {
                                    met.compareAndSet(false, inside.incrementAndGet() > 1);
                                    Thread.yield();
                                    inside.decrementAndGet();
                                    turns.incrementAndGet();
                                }));
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> end : ends) {
                end.get(5, TimeUnit.MINUTES);
            }
        } finally {
            crowd.shutdownNow();
        }
        assertThat(met).isFalse();
        assertThat(turns).hasValue(4000);
        assertThat(queues.size()).isZero();
    }

    @Test
    void whoComesWhileAnotherLeavesFindsItsLaneOrNone() throws Exception {
        int seams = Interleavings.play(seam -> new Interleavings.Case() {
            private final OperationQueues queues = new OperationQueues(null);
            private final AtomicInteger inside = new AtomicInteger();

            private void enter(Runnable step) {
                queues.use(KEY, queue -> {
                    step.run();
                    assertThat(queues.size()).isOne();
                    return queue.idle(() -> {
                        assertThat(inside.incrementAndGet()).isOne();
                        step.run();
                        inside.decrementAndGet();
                    });
                });
            }

            @Override
            public void first() {
                enter(seam);
                enter(seam);
            }

            @Override
            public void second() {
                enter(() -> {});
            }

            @Override
            public void check() {
                assertThat(queues.size()).isZero();
            }
        });
        assertThat(seams).isEqualTo(4);
    }
}
