package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.command.ExecHandle;
import io.jenkins.plugins.dedalus.preview.command.ExecRequest;
import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Found by the simulator: a command that waited for its machine woke it after its preview had been closed. */
class CommandAfterClosingTest {
    private static final String EXECUTIONS = "/v1/machines/[^/]+/executions";

    @TempDir
    Path directory;

    @Test
    void aCommandThatWaitsDoesNotWakeTheMachineOfAClosedPreview() throws Exception {
        try (Bench bench = new Bench(directory)) {
            bench.ready(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A));
            bench.emulator
                    .faults()
                    .add(Fault.apiError("POST", EXECUTIONS, 503, "DEPENDENCY_UNAVAILABLE")
                            .always());
            long before = bench.emulator.calls().count("POST", EXECUTIONS);
            ExecHandle command =
                    bench.lifecycle.exec(KEY, ExecRequest.script("command-1", "true"), (text, stderr, after) -> {});
            await().until(() -> bench.emulator.calls().count("POST", EXECUTIONS) > before);
            Bench.await(bench.lifecycle.teardown(
                    KEY,
                    new Teardown("Pull request 12 was merged.", Duration.ofHours(1), true),
                    ProgressListener.NONE));
            bench.emulator.faults().clear();

            assertThatThrownBy(() -> command.result().get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(PreviewClosedException.class)
                    .hasMessageContaining("taken down");
            assertThat(bench.living())
                    .allSatisfy(machine -> assertThat(machine.phase()).isEqualTo("sleeping"));
        }
    }
}
