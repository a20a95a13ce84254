package io.jenkins.plugins.dedalus.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import io.jenkins.plugins.dedalus.preview.wake.Awake;
import io.jenkins.plugins.dedalus.preview.wake.WakeCalls;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import io.jenkins.plugins.dedalus.preview.wake.WakeSettings;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The last repair: a machine whose app stays deaf although it was started again is booted anew, where the API can. */
class WakeRebootTest {
    private static final String REBOOT = "/v1/machines/{id}/reboot";
    private static final String EXECUTIONS = "/v1/machines/{id}/executions";

    private final TestTime time = new TestTime();
    private final EngineThreads threads = new EngineThreads("reboot-test", 2);
    private Emulator emulator;
    private DedalusClient client;
    private WakeGate gate;
    private String machine;
    private volatile BooleanSupplier answers = () -> false;

    private void open(int generation) throws Exception {
        emulator =
                Emulator.start(EmulatorConfig.builder().generation(generation).build());
        client = DedalusClient.builder()
                .baseUrl(emulator.baseUrl().toString())
                .apiKey(emulator.apiKey())
                .build();
        gate = WakeGate.builder()
                .client(client)
                .scheduler(time.on(threads))
                .calls(new WakeCalls(2))
                .settings(WakeSettings.DEFAULT.withDeadline(Duration.ofHours(1)))
                .probe((upstream, path, restricted, timeout) -> {
                    time.pass(Duration.ofSeconds(3));
                    return CompletableFuture.completedFuture(answers.getAsBoolean());
                })
                .build();
        machine = client.machines()
                .create(new MachineCreate(1, 1024, 10, "never"), RequestOptions.none())
                .machineId();
        await().until(() -> client.machines()
                .get(machine, RequestOptions.none())
                .phase()
                .equals(io.jenkins.plugins.dedalus.client.model.MachinePhase.RUNNING));
    }

    @AfterEach
    void close() {
        gate.close();
        client.close();
        emulator.close();
        threads.close();
    }

    private WakeTarget target() {
        return new WakeTarget(
                machine, Duration.ofMinutes(5), URI.create("http://127.0.0.1:1"), "/", PreviewRecord.START_PATH, false);
    }

    @Test
    void aMachineThatStaysDeafIsBootedAnewAndStartedOnceMore() throws Exception {
        open(4);
        answers = () ->
                emulator.calls().count("POST", REBOOT) > 0 && emulator.calls().count("POST", EXECUTIONS) > 1;
        CompletableFuture<Awake> awake = gate.wake(target());
        assertThat(awake.get(60, TimeUnit.SECONDS).repaired()).isTrue();
        assertThat(emulator.calls().count("POST", REBOOT)).isEqualTo(1);
        assertThat(emulator.calls().count("POST", EXECUTIONS)).isEqualTo(2);
        assertThat(emulator.calls().calls("POST", REBOOT).get(0).idempotencyKey())
                .isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whereTheApiCantItIsAskedOnceAndNothingIsLost(int generation) throws Exception {
        open(generation);
        for (int attempt = 0; attempt < 2; attempt++) {
            long begun = time.nanoTime();
            answers = () -> time.nanoTime() - begun > Duration.ofSeconds(90).toNanos();
            CompletableFuture<Awake> awake = gate.wake(target());
            assertThat(awake.get(60, TimeUnit.SECONDS).repaired()).isTrue();
            assertThat(client.machines()
                            .get(machine, RequestOptions.none())
                            .phase()
                            .value())
                    .isEqualTo("running");
            time.pass(Duration.ofHours(1));
        }
        assertThat(emulator.calls().count("POST", REBOOT)).isEqualTo(1);
    }
}
