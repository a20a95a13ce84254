package io.jenkins.plugins.dedalus.preview.wake;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.preview.TestTime;
import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A wake gate before a Dedalus that does as the test says, on a clock that stands. */
abstract class WakeGateFixture {
    static final String ID = "dm-1";
    static final WakeTarget TARGET = new WakeTarget(
            ID, Duration.ofMinutes(5), URI.create("http://127.0.0.1:1"), "/", ".dedalus-preview/start", false);

    final MockWebServer server = new MockWebServer();
    final TestTime time = new TestTime();
    final EngineThreads threads = new EngineThreads("gate", 8);
    final AtomicInteger wakes = new AtomicInteger();
    final AtomicInteger executions = new AtomicInteger();
    final AtomicBoolean appAnswers = new AtomicBoolean(true);
    final List<String> heard = new ArrayList<>();
    volatile Function<Integer, MockResponse> onWake = count -> machine("running");
    volatile Function<Integer, MockResponse> onRead = count -> machine("running");
    volatile Function<URI, CompletableFuture<Boolean>> probe =
            upstream -> CompletableFuture.completedFuture(appAnswers.get());
    DedalusClient client;
    WakeGate gate;

    @BeforeEach
    void start() throws Exception {
        server.setDispatcher(new Dispatcher() {
            private final AtomicInteger reads = new AtomicInteger();

            @Override
            public MockResponse dispatch(RecordedRequest request) {
                String path = request.getUrl().encodedPath();
                if (path.endsWith("/wake")) {
                    return onWake.apply(wakes.incrementAndGet());
                }
                if (path.endsWith("/executions")) {
                    executions.incrementAndGet();
                    appAnswers.set(true);
                    return json(
                            202,
                            "{\"execution_id\":\"ex-1\",\"machine_id\":\"dm-1\",\"status\":\"queued\",\"command\":[]}");
                }
                return onRead.apply(reads.incrementAndGet());
            }
        });
        server.start();
        client = DedalusClient.builder()
                .baseUrl("http://127.0.0.1:" + server.getPort())
                .apiKey("test-key")
                .nanoTime(time::nanoTime)
                .maxRetries(0)
                .build();
        gate = gate(WakeSettings.DEFAULT.withBackoff(Duration.ofMillis(20), Duration.ofSeconds(10)));
    }

    @AfterEach
    void stop() {
        gate.close();
        threads.close();
        client.close();
        server.close();
    }

    /** Keeps what is due in an hour for the test to run; all else happens as ever. */
    EngineScheduler keeping(List<Runnable> alarms) {
        EngineScheduler real = time.on(threads);
        return new EngineScheduler() {
            @Override
            public Runnable schedule(Duration delay, Runnable task) {
                if (delay.compareTo(Duration.ofHours(1)) < 0) {
                    return real.schedule(delay, task);
                }
                alarms.add(task);
                return () -> alarms.remove(task);
            }

            @Override
            public void execute(Runnable task) {
                real.execute(task);
            }

            @Override
            public long nanoTime() {
                return real.nanoTime();
            }
        };
    }

    WakeGate gate(WakeSettings settings) {
        return builder(settings).build();
    }

    WakeGate.Builder builder(WakeSettings settings) {
        return WakeGate.builder()
                .client(client)
                .scheduler(time.on(threads))
                .calls(new WakeCalls(settings.callsAtOnce()))
                .settings(settings)
                .probe((upstream, path, restricted, timeout) -> probe.apply(upstream))
                .listener(new WakeListener() {
                    @Override
                    public void repairStarted(String machineId) {
                        heard.add("repair " + machineId);
                    }

                    @Override
                    public void wakeEnded(String machineId, Duration took, WakeFailedException failure) {
                        heard.add((failure == null ? "ended " : "failed ") + machineId);
                    }
                });
    }

    static <T extends Throwable> T failure(Class<T> type, CompletableFuture<?> future) {
        await().pollInterval(5, MILLISECONDS).until(future::isDone);
        CompletionException thrown = catchThrowableOfType(CompletionException.class, future::join);
        assertThat(thrown.getCause()).isInstanceOf(type);
        return type.cast(thrown.getCause());
    }

    static void hold(CountDownLatch latch) {
        try {
            latch.await(3, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static MockResponse machine(String phase) {
        return json(
                200,
                "{\"machine_id\":\"dm-1\",\"vcpu\":1,\"memory_mib\":2048,\"storage_gib\":10,\"autosleep_seconds\":300,"
                        + "\"desired_state\":\"running\",\"status\":{\"phase\":\"" + phase + "\",\"revision\":\"1\"}}");
    }

    static MockResponse error(int status, String code, String more) {
        return json(
                status,
                "{\"error_code\":\"" + code + "\",\"message\":\"no\",\"retryable\":" + (status > 428) + more + "}");
    }

    static MockResponse json(int status, String body) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("Content-Type", "application/json")
                .body(body)
                .build();
    }

    static WakeTarget target(int number) {
        return new WakeTarget(
                "dm-" + number, Duration.ofMinutes(5), URI.create("http://127.0.0.1:" + number), null, null, false);
    }
}
