package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.error.RateLimitException;
import io.jenkins.plugins.dedalus.client.error.ServerException;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.emulator.CallLog;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.model.SleepOutcome;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Waiting for another try, or for what Dedalus asks for, holds no thread of the engine; one thread is enough for all. */
class NobodySleepsTest {
    private static final Duration LONG = Duration.ofDays(8);

    @TempDir
    Path directory;

    private final VirtualTime time = new VirtualTime();
    private final List<Duration> slept = new ArrayList<>();
    private final CompletableFuture<Boolean> edge = new CompletableFuture<>();
    private Emulator emulator;
    private DedalusClient client;
    private PreviewLedger ledger;
    private WakeGate gate;
    private PreviewLifecycle lifecycle;

    @BeforeEach
    void start() throws Exception {
        emulator =
                Emulator.start(EmulatorConfig.builder().bootDelay(Duration.ZERO).build());
        client = DedalusClient.builder()
                .baseUrl(emulator.baseUrl().toString())
                .apiKey(emulator.apiKey())
                .nanoTime(time::nanoTime)
                .sleeper(slept::add)
                .build();
        ledger = PreviewLedger.open(directory);
        gate = WakeGate.builder()
                .client(client)
                .scheduler(time)
                .clock(time)
                .probe((upstream, path, restricted, timeout) -> CompletableFuture.completedFuture(true))
                .build();
        lifecycle = PreviewLifecycle.builder()
                .client(client)
                .ledger(ledger)
                .gate(gate)
                .scheduler(time)
                .clock(time)
                .probe((upstream, path, restricted, timeout) -> edge)
                .build();
        done(lifecycle.ensure(request("99"), ProgressListener.NONE).result());
        assertThat(emulator.calls().count("POST", ".*/sleep")).isZero();
    }

    @AfterEach
    void stop() {
        lifecycle.close();
        gate.close();
        ledger.close();
        client.close();
        emulator.close();
    }

    @ParameterizedTest
    @CsvSource({"429,RATE_LIMITED", "503,DEPENDENCY_UNAVAILABLE"})
    void fourCreatesThatHaveToWaitDontDelayAnUnrelatedSleep(int status, String code) {
        emulator.faults().add(Fault.api(4, "POST", "/v1/machines", status, code, 20_000));
        Duration before = time.passed();
        List<PreviewOperation> builds = Stream.of("1", "2", "3", "4")
                .map(id -> lifecycle.ensure(request(id), ProgressListener.NONE))
                .toList();
        time.runUntil(() -> emulator.calls().count("POST", "/v1/machines") > 1, Duration.ofSeconds(1));
        assertThat(done(lifecycle.sleep(key("99"))).asked()).isTrue();
        assertThat(time.passed()).isEqualTo(before);

        builds.forEach(build -> done(build.result()));
        assertThat(emulator.machines()).hasSize(5);
        assertThat(emulator.calls().calls("POST", "/v1/machines").stream()
                        .map(CallLog.Call::idempotencyKey)
                        .distinct())
                .hasSize(5);
        assertThat(slept).isEmpty();
    }

    @Test
    void noPollGoesOutInARateLimitsPause() {
        emulator.faults().add(Fault.api(1, "POST", "/v1/machines", 429, "RATE_LIMITED", 20_000));
        PreviewOperation build = lifecycle.ensure(request("1"), ProgressListener.NONE);
        time.runUntil(() -> emulator.calls().count("POST", "/v1/machines") > 1, Duration.ofSeconds(1));
        Duration began = time.passed();
        long calls = emulator.calls().list().size();
        try (Reconciler reconciler = new Reconciler(lifecycle)) {
            CompletableFuture<ReconcileReport> report = reconciler.runOnce();
            time.runUntil(() -> emulator.calls().list().size() > calls, LONG);
            assertThat(time.passed().minus(began)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(21));
            assertThat(emulator.calls().count("POST", "/v1/machines"))
                    .as("people first")
                    .isEqualTo(3);
            assertThat(done(report).problems()).isEmpty();
        }
        done(build.result());
        assertThat(slept).isEmpty();
    }

    @Test
    void aReconcilerThatIsSentAwayComesBackAndBlamesNoPreview() {
        PreviewRecord record = lifecycle.status(key("99")).orElseThrow();
        ledger.put(record.toBuilder().retired(List.of("dm-old")).build());
        emulator.faults().add(Fault.api(1, "GET", "/v1/machines/dm-old", 429, "RATE_LIMITED", 20_000));
        Duration before = time.passed();
        try (Reconciler reconciler = new Reconciler(lifecycle)) {
            assertThat(done(reconciler.runOnce()).problems()).isEmpty();
        }
        assertThat(time.passed().minus(before)).isBetween(Duration.ofSeconds(21), Duration.ofSeconds(26));
        assertThat(emulator.calls().count("GET", "/v1/machines/dm-old")).isGreaterThan(1);
    }

    @Test
    void aPauseLongerThanOurPatienceIsAFailureThatSaysSoAndNotKeptForLong() {
        long hour = Duration.ofHours(1).toMillis();
        emulator.faults().add(Fault.api(1, "POST", "/v1/machines", 429, "RATE_LIMITED", hour));
        assertThatThrownBy(() -> done(
                        lifecycle.ensure(request("1"), ProgressListener.NONE).result()))
                .isInstanceOf(RateLimitException.class)
                .hasMessageContaining("Try again in 60 min");
        Duration before = time.passed();
        PreviewOperation next = lifecycle.ensure(request("2"), ProgressListener.NONE);
        time.runUntil(() -> emulator.machines().size() == 2, LONG);
        assertThat(time.passed().minus(before)).isBetween(Duration.ofMinutes(2), Duration.ofSeconds(122));
        done(next.result());
    }

    @Test
    void whatFailsInPassingIsAskedAgainAsTheClientDid() {
        emulator.faults().add(Fault.api(2, "POST", ".*/sleep", 503, "DEPENDENCY_UNAVAILABLE", 0));
        Duration before = time.passed();
        assertThat(done(lifecycle.sleep(key("99"))).asked()).isTrue();
        assertThat(time.passed().minus(before)).isEqualTo(Duration.ofMillis(1500));

        emulator.faults().add(Fault.api(3, "GET", "/v1/machines", 503, "DEPENDENCY_UNAVAILABLE", 0));
        try (Reconciler reconciler = new Reconciler(lifecycle)) {
            assertThatThrownBy(() -> done(reconciler.runOnce())).isInstanceOf(ServerException.class);
            assertThat(done(reconciler.runOnce()).problems()).isEmpty();
        }
        assertThat(slept).isEmpty();
    }

    @Test
    void theEdgeProbesAnswerIsTheNextTick() {
        PreviewOperation build = lifecycle.ensure(request("1", Visibility.PUBLIC), ProgressListener.NONE);
        time.runUntil(() -> build.status().startsWith("waiting for the preview URL"), LONG);
        assertThat(done(lifecycle.sleep(key("99"))).asked())
                .as("the only thread is free")
                .isTrue();
        assertThat(build.result()).isNotDone();
        Duration before = time.passed();
        edge.complete(true);
        done(build.result());
        assertThat(time.passed()).isEqualTo(before);
    }

    @Test
    void whoeverAskedHearsOfTheStop() {
        CompletableFuture<SleepOutcome> sleep = lifecycle.sleep(key("99"));
        lifecycle.close();
        assertThatThrownBy(sleep::join).hasMessageContaining("This process is stopping");
        assertThatThrownBy(lifecycle.view(key("99"))::join).hasMessageContaining("This process is stopping");
    }

    private <T> T done(CompletableFuture<T> future) {
        time.runUntil(future::isDone, LONG);
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    private static PreviewKey key(String id) {
        return PreviewKey.of("https://github.com/acme/shop.git", id);
    }

    private static PreviewRequest request(String id) {
        return request(id, Visibility.PRIVATE);
    }

    private static PreviewRequest request(String id, Visibility visibility) {
        ChangeContext change =
                new ChangeContext(id, "feature", null, "https://github.com/acme/shop.git", COMMIT_A, "main", false);
        // No script, and limits that never matter: the emulator works in real time, of which very little passes here.
        Duration week = Duration.ofDays(7);
        PreviewSpec spec = PreviewSpec.builder()
                .visibility(visibility)
                .limits(new TimeLimits(week, null, null, null, null, week))
                .build();
        return new PreviewRequest(key(id), spec, change, null, SecretEnv.none(), 1, null);
    }
}
