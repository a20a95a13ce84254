package io.jenkins.plugins.dedalus.preview.wake;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import io.jenkins.plugins.dedalus.testing.Interleavings;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;

/** Whatever happens between two steps of a wake: nobody waits for ever, nobody is counted twice, no machine is woken twice. */
class WakeGateRacesTest {
    private static final String ID = "dm-1";
    private static final WakeTarget TARGET =
            new WakeTarget(ID, Duration.ofMinutes(5), URI.create("http://127.0.0.1:1"), "/", null, false);

    /** A gate without threads and sockets: what is to be done is done when a test says so. */
    private static final class Played {
        private final Runnable seam;
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private final AtomicInteger woken = new AtomicInteger();
        private final List<CompletableFuture<Awake>> waiters = Collections.synchronizedList(new ArrayList<>());
        private final DedalusClient client;
        private final WakeGate gate;
        /** Whether somebody who had an answer was still counted. */
        private final AtomicBoolean told = new AtomicBoolean();

        private final AtomicInteger asked = new AtomicInteger();
        private volatile int lastCount;
        private boolean closed;
        private volatile long now;

        Played(Runnable seam) {
            this.seam = seam;
            client = DedalusClient.builder()
                    .baseUrl("http://127.0.0.1:1")
                    .apiKey("test-key")
                    .httpClient(new OkHttpClient.Builder()
                            .addInterceptor(chain -> {
                                seam.run();
                                if (chain.request().url().encodedPath().endsWith("/wake")) {
                                    woken.incrementAndGet();
                                }
                                return new Response.Builder()
                                        .request(chain.request())
                                        .protocol(Protocol.HTTP_1_1)
                                        .code(200)
                                        .message("OK")
                                        .body(ResponseBody.create(
                                                "{\"machine_id\":\"dm-1\",\"status\":{\"phase\":\"running\"}}",
                                                MediaType.get("application/json")))
                                        .build();
                            })
                            .build())
                    .build();
            gate = WakeGate.builder()
                    .client(client)
                    .scheduler(new Tape())
                    .probe((upstream, path, restricted, timeout) -> {
                        seam.run();
                        return CompletableFuture.completedFuture(true);
                    })
                    .clock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))
                    .listener(new WakeListener() {
                        @Override
                        public void waiters(int waiting) {
                            counted(waiting);
                            seam.run();
                        }

                        @Override
                        public void wakeStarted(String machineId) {
                            seam.run();
                        }

                        @Override
                        public void wakeEnded(String machineId, Duration took, WakeFailedException failure) {
                            seam.run();
                        }
                    })
                    .build();
        }

        private final class Tape implements EngineScheduler {
            @Override
            public void execute(Runnable task) {
                seam.run();
                synchronized (tasks) {
                    if (closed) {
                        throw new RejectedExecutionException("closed");
                    }
                    tasks.add(task);
                }
                seam.run();
            }

            @Override
            public Runnable schedule(Duration delay, Runnable task) {
                seam.run();
                synchronized (tasks) {
                    if (closed) {
                        throw new RejectedExecutionException("closed");
                    }
                }
                return seam;
            }

            @Override
            public long nanoTime() {
                seam.run();
                return now;
            }
        }

        void wake() {
            asked.incrementAndGet();
            waiters.add(gate.wake(TARGET));
        }

        /** Those counted until now, and those who have their answer, are never more than have asked. */
        private void counted(int waiting) {
            boolean less = waiting < lastCount;
            lastCount = waiting;
            long answered = waiters.stream()
                    .filter(waiter -> waiter.isDone() && !waiter.isCancelled())
                    .count();
            told.compareAndSet(false, less && waiting + 1 + answered > asked.get());
        }

        void close() {
            gate.close();
            synchronized (tasks) {
                closed = true;
                tasks.clear();
            }
        }

        /** Does what is to be done, until nothing is. */
        void run() {
            for (Runnable task = next(); task != null; task = next()) {
                task.run();
            }
        }

        private Runnable next() {
            synchronized (tasks) {
                return tasks.poll();
            }
        }

        /** Seen active so long ago that nothing follows from it. */
        Played known() {
            gate.seenActive(ID);
            now += Duration.ofHours(1).toNanos();
            return this;
        }

        void answered(int calls) {
            run();
            assertThat(waiters).allMatch(CompletableFuture::isDone);
            assertThat(gate.waiters()).isZero();
            assertThat(told).as("counted though it has its answer").isFalse();
            assertThat(gate.wakingSince(ID)).isEmpty();
            assertThat(woken.get()).as("calls to Dedalus").isLessThanOrEqualTo(calls);
            client.close();
        }
    }

    private static void play(Consumer<Played> first, Consumer<Played> second, Consumer<Played> check) throws Exception {
        int seams = Interleavings.play(seam -> {
            Played played = new Played(seam).known();
            return new Interleavings.Case() {
                @Override
                public void first() {
                    first.accept(played);
                }

                @Override
                public void second() {
                    second.accept(played);
                }

                @Override
                public void check() {
                    check.accept(played);
                }
            };
        });
        assertThat(seams).as("places to stop at").isGreaterThan(3);
    }

    private static void wakeAndRun(Played played) {
        played.wake();
        played.run();
    }

    @Test
    void twoWhoWakeMakeOneCall() throws Exception {
        play(Played::wake, Played::wake, played -> played.answered(1));
    }

    @Test
    void whoComesAsAWakeEndsNeedsNoOther() throws Exception {
        play(WakeGateRacesTest::wakeAndRun, Played::wake, played -> {
            played.answered(1);
            assertThat(played.waiters).noneMatch(CompletableFuture::isCompletedExceptionally);
        });
    }

    @Test
    void aGateThatClosesLeavesNobodyWaiting() throws Exception {
        play(WakeGateRacesTest::wakeAndRun, Played::close, played -> played.answered(1));
        play(
                played -> {
                    played.wake();
                    played.close();
                },
                Played::wake,
                played -> played.answered(1));
    }

    @Test
    void aMachineThatIsDeletedMeanwhileLeavesNobodyWaiting() throws Exception {
        play(
                WakeGateRacesTest::wakeAndRun,
                played -> played.gate.forget(ID, "It was taken down."),
                played -> played.answered(2));
    }

    @Test
    void whoLeavesIsCountedOnce() throws Exception {
        play(
                WakeGateRacesTest::wakeAndRun,
                played -> List.copyOf(played.waiters).forEach(waiter -> waiter.cancel(false)),
                played -> played.answered(1));
    }
}
