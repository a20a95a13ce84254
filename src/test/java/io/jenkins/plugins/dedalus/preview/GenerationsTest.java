package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.emulator.CallLog;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The main job against each generation of the API that is met in the field. */
class GenerationsTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aPreviewComesChangesSleepsWakesAndGoes(int generation) throws Exception {
        try (Bench bench = new Bench(
                directory, EmulatorConfig.builder().generation(generation).olderRoutes(true))) {
            PreviewRecord first = bench.ready(Bench.request(OneAtATimeTest.noApp("echo $PREVIEW_URL"), 1, COMMIT_A));
            assertThat(bench.output).containsExactly(first.url());
            PreviewSpec bigger = PreviewSpec.builder()
                    .memoryMib(4096)
                    .visibility(io.jenkins.plugins.dedalus.client.model.Visibility.PRIVATE)
                    .build();
            PreviewRecord second = bench.ready(Bench.request(bigger, 2, COMMIT_B));
            assertThat(second.machineId()).isEqualTo(first.machineId());
            assertThat(second.url()).isEqualTo(first.url());
            assertThat(second.machine().memoryMib()).isEqualTo(4096);
            assertThat(bench.lifecycle.sleep(KEY).get(60, TimeUnit.SECONDS).asked())
                    .isTrue();
            bench.client
                    .machines()
                    .wake(first.machineId(), io.jenkins.plugins.dedalus.client.call.RequestOptions.none());
            bench.down();
            assertThat(bench.living()).isEmpty();
            assertThat(bench.lifecycle.list()).isEmpty();
            // Where a revision is demanded, a refused key is followed by one that is derived from it.
            assertThat(bench.emulator.calls().list())
                    .filteredOn(call -> !"GET".equals(call.method()))
                    .extracting(CallLog.Call::idempotencyKey)
                    .isNotEmpty()
                    .allMatch(key -> key.matches("[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}(-if-match-1)?"));
        }
    }

    @Test
    void whereNothingGivesAPortAUrlNothingIsMade() throws Exception {
        try (Bench bench = new Bench(directory, EmulatorConfig.builder().generation(4))) {
            for (int order = 1; order <= 2; order++) {
                PreviewRequest request = Bench.request(OneAtATimeTest.noApp("true"), order, COMMIT_A);
                assertThatThrownBy(() -> bench.ready(request))
                        .hasMessageStartingWith(
                                "This Dedalus API offers neither previews nor ports: previews can't be reached.");
            }
            assertThat(bench.emulator.machines()).isEmpty();
            assertThat(bench.creates()).isZero();
            PreviewRecord record = bench.ledger.get(KEY).orElseThrow();
            assertThat(record.problem()).contains("neither previews nor ports");
            assertThat(record.creation()).isNull();
            bench.down();
            assertThat(bench.lifecycle.list()).isEmpty();
        }
    }

    @Test
    void outputThatIsLostAndMemoryThatWaitsAreInTheBuildLog() throws Exception {
        try (Bench bench =
                new Bench(directory, EmulatorConfig.builder().generation(4).olderRoutes(true))) {
            bench.emulator.faults().add(Fault.outputLost(1, 5));
            bench.ready(Bench.request(OneAtATimeTest.noApp("echo lost; echo kept"), 1, COMMIT_A));
            assertThat(bench.output).containsExactly("kept");
            assertThat(bench.lines)
                    .contains("What is shown of the deploy script's output is not all of it: 5 bytes are lost"
                            + " (log_buffer_overflow).");

            bench.emulator.faults().add(Fault.of(Fault.Kind.RESIZE_PENDING));
            PreviewSpec bigger = PreviewSpec.builder()
                    .memoryMib(8192)
                    .visibility(io.jenkins.plugins.dedalus.client.model.Visibility.PRIVATE)
                    .build();
            PreviewRecord record = bench.ready(Bench.request(bigger, 2, COMMIT_B));
            assertThat(bench.lines)
                    .contains("machine " + record.machineId() + " waits until Dedalus has memory for its new size");
        }
    }

    /** The service was updated while machines lived: what the ledger calls dm-UUID is listed as UUID. */
    @Test
    void machinesThatTheApiCallsAnewAreStillOurs() throws Exception {
        try (Bench bench = new Bench(directory, EmulatorConfig.builder().generation(4))) {
            for (String change : List.of("1", "2")) {
                String id = bench.client
                        .machines()
                        .create(new MachineCreate(1, 1024, 10, "never"), RequestOptions.none())
                        .machineId();
                bench.ledger.put(new PreviewRecordBuilder(PreviewKey.of("https://github.com/acme/shop.git", change))
                        .state(PreviewState.READY)
                        .machine(new MachineInfo("dm-" + id, 1, 1024, 10, "never", bench.clock.instant()))
                        .build());
            }
            ReconcileReport report = new Reconciler(bench.lifecycle).runOnce().join();
            assertThat(report.problems()).isEmpty();
            assertThat(report.unknown()).isEmpty();
            assertThat(bench.ledger.list()).extracting(PreviewRecord::state).containsOnly(PreviewState.READY);
        }
    }

    @Test
    void machinesThatShareTheirPortsWorkTheSame() throws Exception {
        try (Bench bench = new Bench(directory, EmulatorConfig.builder().namespaces(false))) {
            PreviewRecord first = bench.ready(Bench.request(Bench.spec().build(), 1, COMMIT_A));
            assertThat(bench.get(first, "/version")).isEqualTo(COMMIT_A);
            PreviewRecord second = bench.ready(Bench.request(Bench.spec().build(), 2, COMMIT_B));
            assertThat(bench.get(second, "/version")).isEqualTo(COMMIT_B);
        }
    }
}
