package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import java.nio.file.Path;
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
    @ValueSource(ints = {1, 2, 3})
    void aPreviewComesChangesSleepsWakesAndGoes(int generation) throws Exception {
        try (Bench bench = new Bench(
                directory, EmulatorConfig.builder().generation(generation).build())) {
            PreviewRecord first = bench.ready(Bench.request(OneAtATimeTest.noApp("echo $PREVIEW_URL"), 1, COMMIT_A));
            assertThat(bench.output).containsExactly(first.url());
            PreviewSpec bigger = PreviewSpec.builder()
                    .memoryMib(4096)
                    .visibility(io.jenkins.plugins.dedalus.client.Visibility.PRIVATE)
                    .build();
            PreviewRecord second = bench.ready(Bench.request(bigger, 2, COMMIT_B));
            assertThat(second.machineId()).isEqualTo(first.machineId());
            assertThat(second.url()).isEqualTo(first.url());
            assertThat(second.machine().memoryMib()).isEqualTo(4096);
            assertThat(bench.lifecycle.sleep(KEY).get(10, TimeUnit.SECONDS).asked())
                    .isTrue();
            bench.client.machines().wake(first.machineId(), io.jenkins.plugins.dedalus.client.RequestOptions.none());
            bench.down();
            assertThat(bench.living()).isEmpty();
            assertThat(bench.lifecycle.list()).isEmpty();
        }
    }

    @Test
    void machinesThatShareTheirPortsWorkTheSame() throws Exception {
        try (Bench bench =
                new Bench(directory, EmulatorConfig.builder().namespaces(false).build())) {
            PreviewRecord first = bench.ready(Bench.request(Bench.spec().build(), 1, COMMIT_A));
            assertThat(bench.get(first, "/version")).isEqualTo(COMMIT_A);
            PreviewRecord second = bench.ready(Bench.request(Bench.spec().build(), 2, COMMIT_B));
            assertThat(bench.get(second, "/version")).isEqualTo(COMMIT_B);
        }
    }
}
