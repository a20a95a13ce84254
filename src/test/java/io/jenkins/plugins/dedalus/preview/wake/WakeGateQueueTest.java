package io.jenkins.plugins.dedalus.preview.wake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;

/** Many machines at one gate: who is served side by side, who waits, and how long. */
class WakeGateQueueTest extends WakeGateFixture {
    @Test
    void whatEndsWhileItIsAdmittedKeepsNoPlace() {
        List<String> places = new CopyOnWriteArrayList<>();
        CountDownLatch admitted = new CountDownLatch(1);
        gate.admission(new WakeAdmission() {
            @Override
            public Optional<Duration> admit(String machineId) {
                gate.forget(machineId, "gone");
                places.add(machineId);
                admitted.countDown();
                return Optional.empty();
            }

            @Override
            public void ended(String machineId) {
                places.remove(machineId);
            }
        });
        CompletableFuture<Awake> wake = gate.wake(TARGET);
        assertThatThrownBy(wake::join).hasMessageContaining("gone");
        await().until(() -> admitted.getCount() == 0 && places.isEmpty());
        assertThat(wakes).hasValue(0);
    }

    @Test
    void aThousandMachinesAreWokenSideBySideAndAllAwake() throws Exception {
        gate.close();
        CountDownLatch held = new CountDownLatch(1);
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        // Counted where they leave: one that is cut off for its slowness gives its place to the next.
        OkHttpClient counting = new OkHttpClient.Builder()
                .addInterceptor(chain -> {
                    boolean wake = chain.request().url().encodedPath().endsWith("/wake");
                    wakes.addAndGet(wake ? 1 : 0);
                    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                    hold(held);
                    underWay.decrementAndGet();
                    return running(chain.request());
                })
                .build();
        try (DedalusClient counted = DedalusClient.builder()
                .baseUrl("http://127.0.0.1:1")
                .apiKey("test-key")
                .nanoTime(time::nanoTime)
                .maxRetries(0)
                .httpClient(counting)
                .build()) {
            WakeSettings patient =
                    WakeSettings.DEFAULT.withDeadline(Duration.ofMinutes(10)).withQueueLimit(Duration.ofMinutes(10));
            gate = builder(patient).client(counted).build();
            List<CompletableFuture<Awake>> all = new ArrayList<>();
            for (int i = 1; i <= 1000; i++) {
                all.add(gate.wake(target(i)));
            }
            await().untilAsserted(() -> assertThat(underWay).as("calls at once").hasValue(256));
            held.countDown();
            for (CompletableFuture<Awake> one : all) {
                assertThat(one.get(3, TimeUnit.MINUTES).believed()).isFalse();
            }
            assertThat(most).hasValue(256);
            assertThat(wakes).hasValue(1000);
        }
    }

    private static Response running(Request request) {
        return new Response.Builder()
                .request(request)
                .protocol(Protocol.HTTP_1_1)
                .code(200)
                .message("OK")
                .body(ResponseBody.create(
                        "{\"machine_id\":\"dm-1\",\"status\":{\"phase\":\"running\"}}",
                        MediaType.get("application/json")))
                .build();
    }

    @Test
    void timeInTheQueueIsNoPartOfTheDeadline() throws Exception {
        gate.close();
        gate = gate(WakeSettings.DEFAULT.withAtOnce(1, 1));
        CountDownLatch held = new CountDownLatch(1);
        onWake = count -> {
            hold(held);
            return machine("running");
        };
        CompletableFuture<Awake> first = gate.wake(target(1));
        CompletableFuture<Awake> second = gate.wake(target(2));
        await().until(() -> wakes.get() == 1);
        time.pass(Duration.ofMinutes(10));
        held.countDown();
        assertThat(first).succeedsWithin(Duration.ofSeconds(60));
        assertThat(second).succeedsWithin(Duration.ofSeconds(60));
    }

    @Test
    void timeInTheQueueIsLimitedAndTheMessageBlamesTheQueue() {
        gate.close();
        List<Runnable> alarms = new CopyOnWriteArrayList<>();
        gate = builder(WakeSettings.DEFAULT.withAtOnce(1, 1).withQueueLimit(Duration.ofHours(1)))
                .scheduler(keeping(alarms))
                .build();
        CountDownLatch held = new CountDownLatch(1);
        onWake = count -> {
            hold(held);
            return machine("running");
        };
        CompletableFuture<Awake> first = gate.wake(target(1));
        await().until(() -> wakes.get() == 1);
        CompletableFuture<Awake> second = gate.wake(target(2));
        assertThat(alarms).hasSize(1);
        alarms.get(0).run();
        WakeFailedException queued = failure(WakeFailedException.class, second);
        assertThat(queued.kind()).isEqualTo(Kind.FULL);
        assertThat(queued.retryAfter()).isPositive();
        assertThat(queued)
                .hasMessageContaining("Dedalus was not asked")
                .hasMessageContaining("all 1 places for calls were taken by other machines' wakes");
        held.countDown();
        assertThat(first).succeedsWithin(Duration.ofSeconds(60));
        assertThat(wakes).hasValue(1);
    }

    @Test
    void probesHaveALimitOfTheirOwnAndWhoGivesUpLeavesTheQueue() {
        gate.close();
        gate = gate(WakeSettings.DEFAULT.withAtOnce(20, 2));
        List<URI> probed = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Boolean>> answers = new CopyOnWriteArrayList<>();
        probe = upstream -> {
            probed.add(upstream);
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer;
        };
        List<CompletableFuture<Awake>> all = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            all.add(gate.wake(target(i)));
        }
        await().until(() -> wakes.get() == 10 && probed.size() == 2);
        for (int i = 1; i <= 10; i++) {
            if (!probed.contains(URI.create("http://127.0.0.1:" + i))) {
                gate.forget("dm-" + i, "Closed.");
            }
        }
        answers.forEach(answer -> answer.complete(true));
        assertThat(all).allSatisfy(one -> await().until(one::isDone));
        assertThat(probed).hasSize(2);
        assertThat(all.stream().filter(one -> !one.isCompletedExceptionally())).hasSize(2);
        assertThat(gate.wake(target(11))).as("the places are free again").isNotDone();
        await().until(() -> probed.size() == 3);
    }
}
