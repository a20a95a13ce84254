package io.jenkins.plugins.dedalus.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.command.ExecHandle;
import io.jenkins.plugins.dedalus.preview.command.ExecRequest;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.wake.Awake;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No more machines are awake than allowed: the one looked at least recently sleeps first, unless it is used. */
class AwakeRoomTest {
    @TempDir
    Path directory;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory, EmulatorConfig.builder().holdWindow(Duration.ZERO));
        bench.settings = Bench.QUICK.withMaxAwake(2);
        bench.restart();
        for (int number = 1; number <= 3; number++) {
            Bench.await(bench.lifecycle.ensure(request(number), progress -> {}));
            bench.lifecycle.sleep(key(number)).join();
        }
        await().until(() -> awake() == 0);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void theOneLookedAtLeastRecentlySleepsForTheNext() throws Exception {
        wake(1).get(60, TimeUnit.SECONDS);
        bench.time.pass(Duration.ofMinutes(1));
        wake(2).get(60, TimeUnit.SECONDS);
        bench.time.pass(Duration.ofMinutes(1));
        bench.gate.viewed(machine(1));
        bench.time.pass(Duration.ofMinutes(1));
        wake(3).get(60, TimeUnit.SECONDS);
        assertThat(phase(2)).as("looked at before the first").isEqualTo("sleeping");
        assertThat(phase(1)).isEqualTo("running");
        assertThat(awake()).isEqualTo(2);

        bench.gate.passing(machine(1));
        ExecHandle script = bench.lifecycle.exec(
                key(3), ExecRequest.script("looking-01", "while [ ! -e ~/go ]; do sleep 0.1; done"), (t, e, a) -> {});
        long looks = bench.emulator.calls().count("GET", "/v1/machines");
        CompletableFuture<Awake> waits = wake(2);
        await().until(() -> {
            bench.gate.passing(machine(1));
            return bench.emulator.calls().count("GET", "/v1/machines") > looks;
        });
        bench.gate.passing(machine(1));
        assertThat(waits).as("one is read, on one a script runs").isNotDone();
        bench.time.pass(Duration.ofMinutes(1));
        waits.get(60, TimeUnit.SECONDS);
        assertThat(phase(1)).as("nobody reads it any more").isEqualTo("sleeping");
        assertThat(phase(3)).as("its script still runs").isEqualTo("running");
        script.cancel("enough");
    }

    @Test
    void oneThatCannotBePutToSleepHoldsUpNothing() throws Exception {
        wake(1).get(60, TimeUnit.SECONDS);
        bench.time.pass(Duration.ofMinutes(1));
        wake(2).get(60, TimeUnit.SECONDS);
        bench.time.pass(Duration.ofMinutes(1));
        bench.emulator
                .faults()
                .add(Fault.apiError("POST", "/v1/machines/" + machine(1) + "/sleep", 500, "INTERNAL")
                        .always());
        wake(3).get(60, TimeUnit.SECONDS);
        assertThat(phase(1)).isEqualTo("running");
        assertThat(phase(2)).as("the next one").isEqualTo("sleeping");
    }

    private CompletableFuture<Awake> wake(int number) {
        return bench.lifecycle.wake(key(number));
    }

    private long awake() {
        return bench.living().stream()
                .filter(machine -> !machine.phase().equals("sleeping"))
                .count();
    }

    private String machine(int number) {
        return bench.lifecycle.status(key(number)).map(PreviewRecord::machineId).orElseThrow();
    }

    private String phase(int number) {
        return bench.living().stream()
                .filter(each -> each.id().equals(machine(number)))
                .findFirst()
                .orElseThrow()
                .phase();
    }

    private static PreviewKey key(int number) {
        return PreviewKey.of("github.com/acme/shop", Integer.toString(number));
    }

    private static PreviewRequest request(int number) {
        PreviewSpec spec = PreviewSpec.builder()
                .deploy("true")
                .visibility(Visibility.PRIVATE)
                .autosleep("never")
                .build();
        ChangeContext change =
                new ChangeContext(Integer.toString(number), null, null, null, Bench.COMMIT_A, null, false);
        return new PreviewRequest(key(number), spec, change, null, null, 1, null);
    }
}
