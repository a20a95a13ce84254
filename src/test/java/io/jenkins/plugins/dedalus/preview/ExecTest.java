package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.command.ExecHandle;
import io.jenkins.plugins.dedalus.preview.command.ExecPosition;
import io.jenkins.plugins.dedalus.preview.command.ExecRequest;
import io.jenkins.plugins.dedalus.preview.command.ExecResult;
import io.jenkins.plugins.dedalus.preview.command.OutputListener;
import io.jenkins.plugins.dedalus.preview.error.PreviewCancelledException;
import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecTest {
    @TempDir
    Path directory;

    private Bench bench;
    private final StringBuffer out = new StringBuffer();
    private final StringBuffer err = new StringBuffer();
    private final StringBuffer incomplete = new StringBuffer();
    private final AtomicReference<ExecPosition> position = new AtomicReference<>();
    private final OutputListener listener = new OutputListener() {
        @Override
        public void onOutput(String text, boolean stderr, ExecPosition after) {
            (stderr ? err : out).append(text);
            position.set(after);
        }

        @Override
        public void onStarted(ExecPosition started) {
            position.set(started);
        }

        @Override
        public void onIncomplete(String sentence) {
            incomplete.append(sentence);
        }
    };

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory);
        bench.ready(Bench.request(OneAtATimeTest.noApp("mkdir -p app/sub"), 1, COMMIT_A));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void saysThatOutputIsLost() throws Exception {
        try (Bench newest = new Bench(
                directory.resolve("newest"),
                EmulatorConfig.builder().generation(4).olderRoutes(true))) {
            newest.ready(Bench.request(OneAtATimeTest.noApp("mkdir -p app"), 1, COMMIT_A));
            newest.emulator.faults().add(Fault.outputLost(1, 5));
            ExecResult result = newest.lifecycle
                    .exec(KEY, ExecRequest.script("script-1", "echo lost; echo kept"), listener)
                    .result()
                    .get(60, TimeUnit.SECONDS);
            assertThat(result.exitCode()).isZero();
            assertThat(out.toString()).isEqualTo("kept\n");
            assertThat(incomplete.toString()).contains("5 bytes are lost (log_buffer_overflow)");
        }
    }

    @Test
    void runsScriptsAndCommandsWhereTheCodeIs() throws Exception {
        ExecResult result = run(ExecRequest.script("script-1", "pwd; echo oops >&2; cat; exit 4"));
        Path home = bench.living().get(0).home().toRealPath();
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(out).hasToString(home + "/app\n");
        assertThat(err).hasToString("oops\n");
        out.setLength(0);
        assertThat(run(new ExecRequest("argv-0001", null, List.of("pwd"), "sub", null, null, null, null))
                        .exitCode())
                .isZero();
        assertThat(run(new ExecRequest("argv-0002", null, List.of("pwd"), "/tmp", null, null, null, null))
                        .exitCode())
                .isZero();
        assertThat(out).hasToString(home + "/app/sub\n/tmp\n");
        out.setLength(0);
        assertThat(run(ExecRequest.script("script-2", "#!/bin/sh\necho from $0 | sed 's/.*script.*/a script/'"))
                        .exitCode())
                .isZero();
        assertThat(out).hasToString("a script\n");
    }

    @Test
    void secretsGoThroughTheEnvironmentOnly() throws Exception {
        ExecRequest request = new ExecRequest(
                "secret-01",
                "echo ${#TOKEN} $PLAIN",
                null,
                null,
                Map.of("PLAIN", "p"),
                SecretEnv.of(Map.of("TOKEN", "0123456789-secret")),
                null,
                null);
        assertThat(run(request).exitCode()).isZero();
        assertThat(out).hasToString("17 p\n");
        assertThat(request.toString()).isEqualTo("ExecRequest[secret-01, timeout PT30M]");
    }

    @Test
    void aRestartFindsTheCommandAgainAndItsOutputGoesOn() throws Exception {
        Path go = bench.living().get(0).home().resolve("go");
        String script =
                "for i in 1 2 3 4 5 6; do echo $i; if [ $i = 3 ]; then until [ -e ~/go ]; do sleep 0.05; done; fi; done";
        ExecHandle before = bench.lifecycle.exec(KEY, ExecRequest.script("restart-1", script), listener);
        await().until(() -> out.toString().endsWith("3\n"));
        bench.restart();
        assertThatThrownBy(() -> before.result().get()).hasMessageContaining("found again");
        Files.createFile(go);
        ExecRequest again = new ExecRequest("restart-1", script, null, null, null, null, null, position.get());
        assertThat(run(again).exitCode()).isZero();
        assertThat(out).hasToString("1\n2\n3\n4\n5\n6\n");

        // Without a position, because the answer to the start was lost: the same id still starts nothing twice.
        out.setLength(0);
        assertThat(run(new ExecRequest(
                                "restart-1", script, null, null, null, null, null, new ExecPosition(null, null, 0)))
                        .exitCode())
                .isZero();
        assertThat(out).hasToString("1\n2\n3\n4\n5\n6\n");
        assertThat(bench.client.executions().list(machine(), RequestOptions.none()))
                .hasSize(2);
    }

    @Test
    void cancelTimeoutAndThePlatformsFaultsAreTold() throws Exception {
        ExecHandle handle = bench.lifecycle.exec(KEY, ExecRequest.script("cancel-01", "echo up; sleep 100"), listener);
        await().until(() -> out.toString().contains("up"));
        handle.cancel("the build was aborted");
        assertThatThrownBy(() -> handle.result().get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(PreviewCancelledException.class);
        await().until(() -> bench.client.executions().list(machine(), RequestOptions.none()).stream()
                .allMatch(execution -> execution.finished()));

        assertThatThrownBy(() -> run(new ExecRequest(
                        "timeout-1", "sleep 100", null, null, null, null, Duration.ofMillis(200), null)))
                .hasMessageContaining("ran longer than its limit");

        bench.emulator.faults().add(Fault.execution(2, "machine_not_routable"));
        bench.emulator.faults().add(Fault.api(1, "POST", ".*/executions", 503, "DEPENDENCY_UNAVAILABLE", 5));
        out.setLength(0);
        assertThat(run(ExecRequest.script("flaky-001", "echo ran")).exitCode()).isZero();
        assertThat(out).hasToString("ran\n");

        bench.emulator.faults().add(Fault.execution(1, "execution_runner_interrupted"));
        assertThatThrownBy(() -> run(ExecRequest.script("lost-0001", "true")))
                .hasCauseInstanceOf(PreviewException.class);
    }

    @Test
    void aCancelThatFailsInPassingIsTriedAgain() {
        ExecHandle handle = bench.lifecycle.exec(KEY, ExecRequest.script("cancel-02", "echo up; sleep 100"), listener);
        await().until(() -> out.toString().contains("up"));
        bench.emulator.faults().add(Fault.api(2, "DELETE", ".*/executions/.*", 503, "DEPENDENCY_UNAVAILABLE", 0));
        handle.cancel("the build was aborted");
        assertThatThrownBy(() -> handle.result().get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(PreviewCancelledException.class)
                .hasMessageEndingWith("Stopped: the build was aborted.");
        await().until(() -> bench.client.executions().list(machine(), RequestOptions.none()).stream()
                .allMatch(execution -> execution.finished()));
    }

    @Test
    void whatCantBeRunIsSaid() {
        PreviewKey unknown = PreviewKey.of("github.com/acme/shop", "99");
        ExecRequest any = ExecRequest.script("any-00001", "true");
        assertThatThrownBy(() -> bench.lifecycle.exec(unknown, any, listener)).hasMessageContaining("there is none");
        assertThatThrownBy(() -> bench.lifecycle.wake(unknown).get()).hasMessageContaining("there is none");
        assertThatThrownBy(() -> bench.lifecycle.sleep(unknown).get()).hasMessageContaining("there is none");
        Bench.await(bench.lifecycle.teardown(KEY, new Teardown("merged", Duration.ofDays(1), true), bench.listener));
        assertThatThrownBy(() -> bench.lifecycle.exec(KEY, any, listener))
                .isInstanceOf(PreviewClosedException.class)
                .hasMessageContaining("merged");
        assertThatThrownBy(() -> new ExecRequest("short", "x", null, null, null, null, null, null))
                .hasMessageContaining("id is 'short'");
        assertThatThrownBy(() -> new ExecRequest("both-0001", "x", List.of("y"), null, null, null, null, null))
                .hasMessageContaining("either a script or a command");
        assertThatThrownBy(() -> new ExecRequest("time-0001", "x", null, null, null, null, Duration.ZERO, null))
                .hasMessageContaining("must be positive");
    }

    private String machine() {
        return bench.lifecycle.status(KEY).orElseThrow().machineId();
    }

    private ExecResult run(ExecRequest request) throws Exception {
        return bench.lifecycle.exec(KEY, request, listener).result().get(60, TimeUnit.SECONDS);
    }
}
