package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.preview.error.PreviewCancelledException;
import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.error.SupersededException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One operation at a time, the newest commit wins, close beats create, and a restart goes on where it stood. */
class OneAtATimeTest {
    /** Prints a line a moment, 30 in all, waiting after the tenth until a file says go. */
    private static final String COUNTING = "for i in $(seq 1 30); do echo \"line $i\"; sleep 0.02; "
            + "if [ $i = 10 ]; then until [ -e go ]; do sleep 0.05; done; fi; done; printf 'the end'";

    @TempDir
    Path directory;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void aNewerCommitInterruptsAnOlderOneAndTakesOverTheMachine() throws Exception {
        PreviewSpec hanging = noApp("echo hanging; sleep 1000");
        PreviewOperation older = bench.ensure(Bench.request(hanging, 1, COMMIT_A));
        await().until(() -> bench.output.contains("hanging"));
        PreviewRecord newer = bench.ready(Bench.request(noApp("echo done"), 2, COMMIT_B));
        assertThatThrownBy(() -> Bench.await(older))
                .isInstanceOf(SupersededException.class)
                .hasMessageContaining("aaaaaaaaaa (build 1) gave way to commit bbbbbbbbbb (build 2)");
        assertThat(bench.creates()).isEqualTo(1);
        assertThat(newer.commit()).isEqualTo(COMMIT_B);
        assertThat(running(newer)).isEmpty();

        assertThatThrownBy(() -> bench.ready(Bench.request(hanging, 1, COMMIT_A)))
                .isInstanceOf(SupersededException.class)
                .hasMessageContaining("aaaaaaaaaa (build 1) is older than commit bbbbbbbbbb (build 2)");
        assertThat(bench.lifecycle.status(KEY)).contains(newer);
    }

    @Test
    void theSameRequestJoinsWhatRuns() {
        PreviewRequest request = Bench.request(noApp("until [ -e ~/go ]; do sleep 0.05; done"), 1, COMMIT_A);
        PreviewOperation first = bench.ensure(request);
        PreviewOperation second = bench.ensure(request);
        assertThat(second).isSameAs(first);
        assertThat(bench.lifecycle.running(KEY)).contains(first);
        assertThatThrownBy(() -> bench.ready(Bench.request(noApp("true"), 0, COMMIT_B)))
                .isInstanceOf(SupersededException.class);
        bench.letGo();
        assertThat(Bench.await(first).state()).isEqualTo(PreviewState.READY);
        assertThat(bench.creates()).isEqualTo(1);
    }

    @Test
    void aTeardownDuringProvisioningCancelsItAndDeletesWhatItMade() {
        PreviewRequest request = Bench.request(noApp("echo hanging; sleep 1000"), 1, COMMIT_A);
        PreviewOperation building = bench.ensure(request);
        await().until(() -> bench.output.contains("hanging"));
        bench.down();
        assertThatThrownBy(() -> Bench.await(building))
                .isInstanceOf(PreviewClosedException.class)
                .hasMessageContaining("A test closed it");
        assertThat(bench.living()).isEmpty();
        assertThat(bench.lifecycle.list()).isEmpty();
    }

    @Test
    void aTeardownRightAfterTheBeginLeavesNothing() {
        for (int i = 0; i < 5; i++) {
            PreviewOperation building = bench.ensure(Bench.request(noApp("sleep 1000"), i, COMMIT_A));
            bench.down();
            assertThatThrownBy(() -> Bench.await(building)).isInstanceOf(PreviewClosedException.class);
        }
        assertThat(bench.living()).isEmpty();
        assertThat(bench.lifecycle.list()).isEmpty();
    }

    @Test
    void aCancelledBuildStopsItsScriptAndKeepsTheMachine() {
        PreviewOperation building = bench.ensure(Bench.request(noApp("echo hanging; sleep 1000"), 1, COMMIT_A));
        await().until(() -> bench.output.contains("hanging"));
        assertThat(building.status()).startsWith("running deploy");
        building.cancel("the build was aborted");
        assertThatThrownBy(() -> Bench.await(building))
                .isInstanceOf(PreviewCancelledException.class)
                .hasMessageContaining("the build was aborted");
        PreviewRecord record = bench.lifecycle.status(KEY).orElseThrow();
        assertThat(record.state()).isEqualTo(PreviewState.FAILED);
        await().until(() -> running(record).isEmpty());
        assertThat(bench.ready(Bench.request(noApp("true"), 1, COMMIT_A)).machineId())
                .isEqualTo(record.machineId());
    }

    @Test
    void aRestartGoesOnWithTheSameScriptAndItsOutputWithoutALineTwiceOrLost() throws Exception {
        PreviewRequest request = Bench.request(noApp(COUNTING), 1, COMMIT_A);
        PreviewOperation before = bench.ensure(request);
        await().until(() -> bench.output.contains("line 10"));
        bench.restart();
        assertThatThrownBy(() -> Bench.await(before)).hasMessageContaining("goes on after the next start");
        PreviewOperation after = bench.ensure(request);
        Files.createFile(bench.living().get(0).home().resolve("go"));
        Bench.await(after);
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            expected.add("line " + i);
        }
        expected.add("the end");
        assertThat(bench.output).isEqualTo(expected);
        assertThat(bench.creates()).isEqualTo(1);
        assertThat(bench.emulator.calls().count("POST", ".*/executions")).isEqualTo(1);
    }

    @Test
    void aClosedPreviewIsNotBroughtBackByTheBuildThatWasClosed() {
        PreviewRequest request = Bench.request(noApp("true"), 4, COMMIT_A);
        bench.ready(request);
        bench.down();
        assertThat(bench.lifecycle.status(KEY).orElseThrow().state()).isEqualTo(PreviewState.CLOSED);
        assertThatThrownBy(() -> bench.ready(request))
                .isInstanceOf(PreviewClosedException.class)
                .hasMessageContaining("A new build brings it back");
        assertThat(bench.living()).isEmpty();
        assertThat(bench.ready(Bench.request(noApp("true"), 5, COMMIT_B)).state())
                .isEqualTo(PreviewState.READY);
    }

    private List<Execution> running(PreviewRecord record) {
        return bench.client.executions().list(record.machineId(), RequestOptions.none()).stream()
                .filter(execution -> !execution.finished())
                .toList();
    }

    /** A spec that only deploys; its URL needs no answer since its visibility is private. */
    static PreviewSpec noApp(String deploy) {
        return unhurried(deploy, null);
    }

    /** @param limit of the deploy script; null for the usual one */
    static PreviewSpec unhurried(String deploy, Duration limit) {
        return PreviewSpec.builder()
                .deploy(deploy)
                .limits(new TimeLimits(null, null, null, limit, null, null))
                .visibility(io.jenkins.plugins.dedalus.client.model.Visibility.PRIVATE)
                .build();
    }
}
