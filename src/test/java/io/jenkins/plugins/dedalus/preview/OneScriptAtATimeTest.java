package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.IdempotencyKeyReusedException;
import io.jenkins.plugins.dedalus.client.error.ServerException;
import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.client.model.ExecutionCreate;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.error.PreviewCancelledException;
import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.ExecutionRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Never two unfinished scripts of ours on one machine, whatever became of the build that ran the first. */
class OneScriptAtATimeTest {
    private static final String WRITING = "echo $$ > ~/pid; echo writing; exec sleep 1000";
    private static final String NEXT = "kill -0 $(cat ~/pid) 2> /dev/null && echo beside || echo alone";
    private static final String EXECUTIONS = "/v1/machines/{id}/executions";
    private static final String EXECUTION = EXECUTIONS + "/{id}";
    private static final Duration PATIENCE = Duration.ofMinutes(6);

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
    void aBuildThatLostSightOfItsScriptLeavesItToTheNext() {
        PreviewOperation build = writing();
        fails("GET", EXECUTION + ".*");
        await().until(() -> bench.lines.stream().anyMatch(line -> line.endsWith("Trying again.")));
        bench.time.pass(PATIENCE);
        assertThatThrownBy(() -> Bench.await(build)).isInstanceOf(ServerException.class);
        assertThat(record().state()).isEqualTo(PreviewState.FAILED);
        assertThat(record().operation()).isNull();
        assertThat(record().unfinished().step()).isEqualTo("deploy");
        assertThat(running()).hasSize(1);
        bench.emulator.faults().clear();
        nextRunsAlone();
    }

    @Test
    void aScriptThatWasOutOfSightForAMomentGoesOnAndRunsOnce() {
        bench.emulator.faults().add(Fault.api(1, "GET", ".*/events", 404, "NOT_FOUND", 0));
        String deploy = "echo run >> ~/runs; echo one; sleep 1; echo two; echo ran $(wc -l < ~/runs)";
        assertThat(bench.ready(Bench.request(OneAtATimeTest.noApp(deploy), 1, COMMIT_A))
                        .state())
                .isEqualTo(PreviewState.READY);
        assertThat(bench.lines).anyMatch(line -> line.endsWith("Looking at the machine again."));
        assertThat(bench.output).containsExactly("one", "two", "ran 1");
    }

    @Test
    void aCancelThatFailedIsMadeUpFor() {
        PreviewOperation build = writing();
        fails("DELETE", EXECUTION);
        build.cancel("somebody pressed the red button");
        assertThatThrownBy(() -> Bench.await(build)).isInstanceOf(PreviewCancelledException.class);
        assertThat(running()).hasSize(1);
        bench.restart();

        bench.lines.clear();
        PreviewOperation next = bench.ensure(Bench.request(OneAtATimeTest.noApp(NEXT), 2, COMMIT_B));
        await().until(() -> bench.lines.contains("stopping the previous build's deploy script"));
        // From the first refusal on it is counted how long this lasts.
        await().until(() -> bench.lines.stream().anyMatch(line -> line.endsWith("Trying again.")));
        bench.time.pass(PATIENCE);
        assertThatThrownBy(() -> Bench.await(next)).isInstanceOf(ServerException.class);
        assertThat(running()).as("nothing began beside it").hasSize(1);
        bench.emulator.faults().clear();
        nextRunsAlone();
    }

    @Test
    void aScriptThatDoesNotEndKeepsOthersAwayAndIsNamed() {
        PreviewOperation build = writing();
        build.cancel("somebody pressed the red button");
        assertThatThrownBy(() -> Bench.await(build)).isInstanceOf(PreviewCancelledException.class);
        await().until(() -> running().isEmpty());
        ExecutionRecord left = record().unfinished();
        Execution other = bench.client
                .executions()
                .create(left.machineId(), ExecutionCreate.of("/bin/sleep", "1000"), RequestOptions.none());
        bench.ledger.put(record().toBuilder()
                .unfinished(left.withId(other.executionId()))
                .build());
        // Cancelling is accepted and nothing happens.
        bench.emulator.faults().add(Fault.api(-1, "DELETE", EXECUTION, 409, "INVALID_STATE", 0));
        PreviewOperation next = bench.ensure(Bench.request(OneAtATimeTest.noApp(NEXT), 2, COMMIT_B));
        await().until(() -> bench.lines.contains("stopping the previous build's deploy script"));
        bench.time.pass(Duration.ofSeconds(31));
        await().until(() -> next.status().startsWith("running deploy"));
        bench.time.pass(PATIENCE);
        assertThatThrownBy(() -> Bench.await(next))
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining("does not end on machine " + left.machineId())
                .hasMessageContaining("Cancel execution " + other.executionId());
        assertThat(bench.output).doesNotContain("alone", "beside");
        bench.emulator.faults().clear();
        nextRunsAlone();
    }

    @Test
    void aScriptWhoseStartWasNeverAnsweredIsFoundAndEnded() {
        bench.emulator.faults().add(Fault.lostAnswer("POST", EXECUTIONS));
        fails("GET", EXECUTIONS);
        PreviewOperation build = bench.ensure(Bench.request(OneAtATimeTest.noApp(WRITING), 1, COMMIT_A));
        await().until(() -> bench.emulator.calls().count("GET", EXECUTIONS) > 0);
        build.cancel("somebody pressed the red button");
        assertThatThrownBy(() -> Bench.await(build)).isInstanceOf(PreviewCancelledException.class);
        bench.emulator.faults().clear();
        assertThat(running()).hasSize(1);
        assertThat(record().unfinished().executionId()).isNull();
        bench.ready(Bench.request(OneAtATimeTest.noApp("echo next"), 2, COMMIT_B));
        assertThat(bench.output).containsExactly("next");
        assertThat(running()).isEmpty();
    }

    @Test
    void aStartThatMayStillArriveFindsItsKeyUsedUp() {
        fails("POST", EXECUTIONS);
        PreviewOperation build = bench.ensure(Bench.request(OneAtATimeTest.noApp(WRITING), 1, COMMIT_A));
        await().until(() -> bench.lines.stream().anyMatch(line -> line.contains("takes no commands yet")));
        build.cancel("somebody pressed the red button");
        assertThatThrownBy(() -> Bench.await(build)).isInstanceOf(PreviewCancelledException.class);
        bench.emulator.faults().clear();
        ExecutionRecord left = record().unfinished();
        assertThat(left.executionId()).isNull();

        bench.ready(Bench.request(OneAtATimeTest.noApp("echo next"), 2, COMMIT_B));
        assertThat(bench.output).containsExactly("next");
        assertThatThrownBy(() -> bench.client
                        .executions()
                        .create(
                                left.machineId(),
                                ExecutionCreate.of("/bin/bash", "-c", WRITING),
                                RequestOptions.none().withIdempotencyKey(left.stepId())))
                .isInstanceOf(IdempotencyKeyReusedException.class);
    }

    @Test
    void aStartStillUnderWayIsWaitedFor() {
        bench.emulator.faults().add(Fault.of(Fault.Kind.API_HANG).withCalls("POST", EXECUTIONS));
        PreviewOperation build = bench.ensure(Bench.request(OneAtATimeTest.noApp(WRITING), 1, COMMIT_A));
        await().until(() -> bench.emulator.calls().count("POST", EXECUTIONS) > 0);
        build.cancel("somebody pressed the red button");
        assertThatThrownBy(() -> Bench.await(build)).isInstanceOf(PreviewCancelledException.class);
        PreviewOperation next = bench.ensure(Bench.request(OneAtATimeTest.noApp("echo next"), 2, COMMIT_B));
        await().until(() -> bench.emulator.calls().count("POST", EXECUTIONS) > 1);
        assertThat(next.result()).isNotDone();
        bench.emulator.faults().clear();
        Bench.await(next);
        assertThat(bench.output).containsExactly("next");
        assertThat(running()).isEmpty();
    }

    @Test
    void aScriptThatOutlivesAnUnconfirmedClosingIsEndedBeforeTheNext() {
        PreviewOperation build = writing();
        fails("DELETE", EXECUTION);
        PreviewOperation closing =
                bench.lifecycle.teardown(KEY, new Teardown("looked closed", Duration.ofDays(7), false), bench.listener);
        assertThatThrownBy(() -> Bench.await(build)).isInstanceOf(PreviewClosedException.class);
        await().until(() -> bench.emulator.calls().count("DELETE", EXECUTION) > 0);
        bench.time.pass(Duration.ofSeconds(40));
        Bench.await(closing);
        bench.emulator.faults().clear();
        nextRunsAlone();
    }

    @Test
    void whatAFailedBuildLeftIsEndedThoughNobodyBuildsAgain() {
        PreviewOperation build = writing();
        fails("DELETE", EXECUTION);
        build.cancel("somebody pressed the red button");
        assertThatThrownBy(() -> Bench.await(build)).isInstanceOf(PreviewCancelledException.class);
        bench.emulator.faults().clear();
        try (Reconciler reconciler = new Reconciler(bench.lifecycle)) {
            reconciler.runOnce().join();
            bench.time.pass(Duration.ofMinutes(16));
            reconciler.runOnce().join();
            await().until(() -> record().unfinished() == null);
        }
        assertThat(running()).isEmpty();
        assertThat(record().problem()).contains("red button");
    }

    private PreviewOperation writing() {
        PreviewOperation build = bench.ensure(Bench.request(OneAtATimeTest.noApp(WRITING), 1, COMMIT_A));
        await().until(() -> bench.output.contains("writing"));
        return build;
    }

    private void nextRunsAlone() {
        bench.ready(Bench.request(OneAtATimeTest.noApp(NEXT), 3, COMMIT_B));
        assertThat(bench.output).containsExactly("writing", "alone");
        assertThat(record().unfinished()).isNull();
    }

    private void fails(String method, String path) {
        bench.emulator.faults().add(Fault.api(-1, method, path, 503, "DEPENDENCY_UNAVAILABLE", 0));
    }

    private PreviewRecord record() {
        return bench.lifecycle.status(KEY).orElseThrow();
    }

    private List<Execution> running() {
        return bench.client.executions().list(record().machineId(), RequestOptions.none()).stream()
                .filter(execution -> !execution.finished())
                .toList();
    }
}
