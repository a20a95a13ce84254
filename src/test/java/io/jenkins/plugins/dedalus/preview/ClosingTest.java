package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.ledger.OperationRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.Autosleep;
import io.jenkins.plugins.dedalus.preview.model.Closing;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import io.jenkins.plugins.dedalus.preview.wake.Awake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Close is sleep, then delete after a grace; an unconfirmed closing waits longer; the reconciler finishes what is due. */
class ClosingTest {
    @TempDir
    Path directory;

    private Bench bench;
    private Reconciler reconciler;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory);
        bench.ready(Bench.request(OneAtATimeTest.noApp("echo data >> ~/data"), 1, COMMIT_A));
        reconciler = new Reconciler(bench.lifecycle);
    }

    @AfterEach
    void stop() {
        reconciler.close();
        bench.close();
    }

    @Test
    void aConfirmedClosingEndsAWakeUnderWay() throws Exception {
        bench.ready(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A));
        bench.lifecycle.sleep(KEY).get(60, TimeUnit.SECONDS);
        await().until(() -> "sleeping".equals(bench.living().get(0).phase()));
        bench.emulator.faults().add(Fault.of(Fault.Kind.WAKE_HANGS));
        CompletableFuture<Awake> wake = bench.lifecycle.wake(KEY);
        await().until(() -> bench.emulator.calls().count("POST", ".*/wake") == 1);
        Bench.await(
                bench.lifecycle.teardown(KEY, new Teardown("merged", Duration.ofDays(1), true), ProgressListener.NONE));
        assertThatThrownBy(() -> wake.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(WakeFailedException.class, gone -> assertThat(gone.kind())
                        .isEqualTo(WakeFailedException.Kind.GONE))
                .hasMessageContaining("merged");
    }

    @Test
    void aClosedPreviewSleepsThroughItsGraceAndComesBackWithItsData() {
        PreviewRecord closed = close(Duration.ofDays(1), true);
        assertThat(closed.state()).isEqualTo(PreviewState.CLOSING);
        assertThat(closed.closing().reason()).isEqualTo("merged");
        await().until(() -> bench.living().get(0).phase().equals("sleeping"));
        bench.time.pass(Duration.ofHours(23));
        assertThat(reconciler.runOnce().join().done()).isEmpty();

        PreviewRecord back = bench.ready(Bench.request(OneAtATimeTest.noApp("cat ~/data"), 2, COMMIT_B));
        assertThat(back.machineId()).isEqualTo(closed.machineId());
        assertThat(back.closing()).isNull();
        assertThat(bench.output).containsExactly("data");
        bench.time.pass(Duration.ofDays(2));
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        assertThat(bench.living()).hasSize(1);
    }

    @Test
    void theReconcilerDeletesWhatIsDue() {
        close(Duration.ofDays(1), true);
        bench.time.pass(Duration.ofDays(1).plusSeconds(1));
        assertThat(reconciler.runOnce().join().done())
                .as("one look is not enough")
                .isEmpty();
        bench.time.pass(Duration.ofMinutes(5));
        ReconcileReport report = reconciler.runOnce().join();
        assertThat(report.done()).singleElement().asString().contains("taking it down");
        await().until(() -> bench.lifecycle.list().isEmpty());
        assertThat(bench.living()).isEmpty();
    }

    @Test
    void anUnconfirmedClosingGetsTheLongerGraceUntilItIsConfirmed() {
        PreviewRecord rumour = close(Duration.ZERO, false);
        assertThat(rumour.closing().confirmed()).isFalse();
        assertThat(Duration.between(rumour.closing().since(), rumour.closing().deleteAt()))
                .isEqualTo(Duration.ofDays(7));
        PreviewRecord again = close(Duration.ofDays(3), false);
        assertThat(again.closing()).isEqualTo(rumour.closing());
        PreviewRecord sure = close(Duration.ofHours(1), true);
        assertThat(sure.closing().confirmed()).isTrue();
        assertThat(sure.closing().deleteAt()).isBefore(rumour.closing().deleteAt());
        assertThat(close(Duration.ofDays(9), true).closing()).isEqualTo(sure.closing());
        bench.down();
        assertThat(bench.living()).isEmpty();
    }

    @Test
    void anUnconfirmedClosingStillWakesAndIsTakenBackWhenItProvesWrong() {
        PreviewRecord rumour = close(Duration.ZERO, false);
        assertThat(rumour.down()).isFalse();
        await().until(() -> bench.living().get(0).phase().equals("sleeping"));
        bench.lifecycle.wake(KEY).join();
        assertThat(bench.living().get(0).phase()).isEqualTo("running");

        assertThat(bench.lifecycle.reopen(KEY)).isTrue();
        PreviewRecord open = bench.lifecycle.status(KEY).orElseThrow();
        assertThat(open.state()).isEqualTo(PreviewState.READY);
        assertThat(open.closing()).isNull();
        assertThat(open.commit()).isEqualTo(COMMIT_A);
        assertThat(bench.lifecycle.reopen(KEY))
                .as("there is nothing to take back")
                .isFalse();
        bench.time.pass(Duration.ofDays(8));
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        assertThat(bench.living()).hasSize(1);
    }

    @Test
    void anUnconfirmedClosingInTheMidstOfABuildLeavesWhatNeedsABuild() {
        bench.ensure(Bench.request(OneAtATimeTest.noApp("echo hi; sleep 100"), 2, COMMIT_B));
        await().until(() -> bench.output.contains("hi"));
        close(Duration.ZERO, false);
        assertThat(bench.lifecycle.reopen(KEY)).isTrue();
        PreviewRecord open = bench.lifecycle.status(KEY).orElseThrow();
        assertThat(open.state()).isEqualTo(PreviewState.FAILED);
        assertThat(open.problem()).contains("Build again");
    }

    @Test
    void aConfirmedClosingIsNeverTakenBackAndWakesForNobody() {
        assertThat(close(Duration.ofDays(1), true).down()).isTrue();
        assertThat(bench.lifecycle.reopen(KEY)).isFalse();
        assertThatThrownBy(() -> bench.lifecycle.wake(KEY).join())
                .hasCauseInstanceOf(PreviewClosedException.class)
                .hasMessageContaining("was taken down (merged).");
    }

    @Test
    void aConfirmedClosingEndsTheWakeThatIsUnderWay() {
        bench.client.machines().sleep(bench.lifecycle.status(KEY).orElseThrow().machineId(), RequestOptions.none());
        await().until(() -> bench.living().get(0).phase().equals("sleeping"));
        bench.gate.drop(bench.lifecycle.status(KEY).orElseThrow().machineId());
        bench.emulator.faults().add(Fault.of(Fault.Kind.WAKE_HANGS, 1));
        var waking = bench.lifecycle.wake(KEY);
        await().until(() -> bench.emulator.calls().count("POST", "/v1/machines/{id}/wake") == 1);
        close(Duration.ofDays(1), true);
        await().until(waking::isDone);
        assertThatThrownBy(waking::join).hasMessageContaining("was taken down: merged");
        bench.emulator.faults().clear();
        assertThat(bench.living().get(0).phase()).isEqualTo("sleeping");
    }

    @Test
    void aSleepAnswered404DeletesNothing() {
        bench.emulator.faults().add(Fault.api(1, "POST", ".*/sleep", 404, "NOT_FOUND", 0));
        PreviewRecord closing = close(Duration.ofDays(1), true);
        assertThat(closing.state()).isEqualTo(PreviewState.CLOSING);
        assertThat(closing.problem()).isNotBlank();
        assertThat(bench.living()).hasSize(1);
    }

    @Test
    void aMachineThatWasRefusedSleepIsAskedAgain() {
        bench.emulator.faults().add(Fault.api(1, "POST", ".*/sleep", 403, "AUTH_SCOPE_FORBIDDEN", 0));
        close(Duration.ofDays(1), true);
        assertThat(bench.living().get(0).phase()).isEqualTo("running");
        assertThat(reconciler.runOnce().join().done())
                .singleElement()
                .asString()
                .contains("goes to sleep");
        await().until(() -> bench.living().get(0).phase().equals("sleeping"));
        assertThat(reconciler.runOnce().join().done()).isEmpty();
    }

    @Test
    void aMachineThatMayNotSleepClosesAllTheSame() {
        bench.emulator.faults().add(Fault.api(1, "POST", ".*/sleep", 403, "AUTH_SCOPE_FORBIDDEN", 0));
        assertThat(close(Duration.ofDays(1), true).state()).isEqualTo(PreviewState.CLOSING);
        assertThat(bench.lines).anyMatch(line -> line.contains("may not put machines to sleep"));
    }

    @Test
    void aRefusedDeleteStaysVisibleAndIsTriedAgain() {
        bench.emulator.faults().add(Fault.api(1, "DELETE", "/v1/machines/.*", 403, "AUTH_ORG_MISMATCH", 0));
        assertThatThrownBy(() -> bench.down())
                .isInstanceOf(io.jenkins.plugins.dedalus.client.error.PermissionException.class);
        PreviewRecord stuck = bench.lifecycle.status(KEY).orElseThrow();
        assertThat(stuck.state()).isEqualTo(PreviewState.CLOSING);
        assertThat(stuck.problem()).isNotBlank();
        ReconcileReport report = reconciler.runOnce().join();
        assertThat(report.problems()).isNotEmpty();
        await().until(() -> bench.lifecycle.list().isEmpty());
    }

    @Test
    void anAccountThatKnowsNoneOfOurMachinesIsNotBelieved() throws Exception {
        PreviewRequest second = Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A);
        PreviewKey other = PreviewKey.of("github.com/acme/shop", "13");
        bench.ready(new PreviewRequest(other, second.spec(), second.change(), null, SecretEnv.none(), 1, null));
        close(Duration.ofDays(1), true);
        bench.time.pass(Duration.ofDays(2));
        try (Emulator foreign = Emulator.start(EmulatorConfig.defaults());
                DedalusClient client = DedalusClient.builder()
                        .baseUrl(foreign.baseUrl().toString())
                        .apiKey(foreign.apiKey())
                        .build();
                PreviewLifecycle elsewhere = PreviewLifecycle.builder()
                        .client(client)
                        .ledger(bench.ledger)
                        .gate(bench.gate)
                        .clock(bench.clock)
                        .build();
                Reconciler stranger = new Reconciler(elsewhere)) {
            ReconcileReport report = stranger.runOnce().join();
            assertThat(report.done()).isEmpty();
            assertThat(report.problems()).anyMatch(problem -> problem.startsWith("None of the 2 previews' machines"));
        }
        assertThat(bench.lifecycle.list())
                .extracting(PreviewRecord::state)
                .containsExactlyInAnyOrder(PreviewState.CLOSING, PreviewState.READY);
        assertThat(bench.lifecycle.list()).allMatch(record -> record.machineId() != null);
    }

    @Test
    void deletionsOfAllMachinesThatAStopInterruptedAreFinished() {
        PreviewKey other = PreviewKey.of("github.com/acme/shop", "13");
        bench.stop();
        bench.open();
        for (PreviewKey key : List.of(KEY, other)) {
            bench.ledger.put(new PreviewRecordBuilder(key)
                    .state(PreviewState.CLOSING)
                    .machine(new MachineInfo("dm-deleted-" + key.changeId(), 1, 2048, 10, "5m", bench.clock.instant()))
                    .closing(new Closing(bench.clock.instant(), true, bench.clock.instant(), "merged", false))
                    .operation(new OperationRecord(
                            OperationRecord.Kind.TEARDOWN,
                            "op",
                            "CONFIRM",
                            1,
                            null,
                            null,
                            bench.clock.instant(),
                            bench.clock.instant(),
                            null,
                            0,
                            null,
                            false))
                    .build());
        }
        try (Reconciler after = new Reconciler(bench.lifecycle)) {
            assertThat(after.runOnce().join().problems()).isEmpty();
            await().until(() -> bench.lifecycle.list().isEmpty());
        }
    }

    @Test
    void aStageThatOnlyANewerVersionKnowsStopsNobodyElse() {
        PreviewKey other = PreviewKey.of("github.com/acme/shop", "13");
        PreviewRecord newer = new PreviewRecordBuilder(other)
                .state(PreviewState.CLOSING)
                .machine(new MachineInfo("dm-newer", 1, 2048, 10, "every third full moon", bench.clock.instant()))
                .closing(new Closing(bench.clock.instant(), true, bench.clock.instant(), "merged", false))
                .operation(new OperationRecord(
                        OperationRecord.Kind.TEARDOWN,
                        "op",
                        "ARCHIVE_FIRST",
                        1,
                        null,
                        null,
                        bench.clock.instant(),
                        bench.clock.instant(),
                        null,
                        0,
                        null,
                        false))
                .build();
        bench.ledger.put(newer);
        assertThat(newer.autosleep()).isEqualTo(Autosleep.NEVER);
        assertThat(newer.closesInDoubt()).isFalse();
        bench.client.machines().delete(bench.lifecycle.status(KEY).orElseThrow().machineId(), RequestOptions.none());
        await().until(() -> bench.living().isEmpty());
        await().untilAsserted(() -> {
            reconciler.runOnce().join();
            assertThat(bench.lifecycle.status(KEY).orElseThrow().machineId()).isNull();
            assertThat(bench.lifecycle.status(other).orElseThrow().state()).isEqualTo(PreviewState.CLOSED);
        });
    }

    @Test
    void aRecordThatCantBeReadIsNotTakenForNone() throws Exception {
        bench.stop();
        Path file = bench.ledgerDirectory.resolve(KEY.id() + ".json");
        String newer = Files.readString(file).replace("\"format\" : 1", "\"format\" : 2");
        Files.writeString(file, newer);
        bench.open();
        assertThatThrownBy(() -> bench.down())
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("written by a newer version");
        assertThat(bench.living()).hasSize(1);
        assertThat(Files.readString(file)).isEqualTo(newer);
    }

    @Test
    void unknownMachinesAreNamedAndNeverTouchedLostOnesAreNoticed() {
        String foreign = bench.client
                .machines()
                .create(new MachineCreate(1, 512, 5, null), RequestOptions.none())
                .machineId();
        String mine = bench.lifecycle.status(KEY).orElseThrow().machineId();
        bench.client.machines().delete(mine, RequestOptions.none());
        ReconcileReport report = reconciler.runOnce().join();
        assertThat(report.unknown()).singleElement().asString().startsWith(foreign);
        assertThat(report.done()).anyMatch(done -> done.contains(mine + " is lost"));
        PreviewRecord lost = bench.lifecycle.status(KEY).orElseThrow();
        assertThat(lost.state()).isEqualTo(PreviewState.FAILED);
        assertThat(lost.machineId()).isNull();
        await().until(() -> bench.living().size() == 1);
        assertThat(bench.ready(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A))
                        .state())
                .isEqualTo(PreviewState.READY);
    }

    @Test
    void aBuildThatNeverComesBackAfterARestartIsSettledAndATombstoneForgotten() {
        PreviewOperation hanging = bench.ensure(Bench.request(OneAtATimeTest.noApp("echo hi; sleep 100"), 2, COMMIT_B));
        await().until(() -> bench.output.contains("hi"));
        bench.restart();
        assertThat(hanging.result()).failsWithin(Duration.ofSeconds(60));
        reconciler = new Reconciler(bench.lifecycle);
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        bench.time.pass(Duration.ofMinutes(16));
        assertThat(reconciler.runOnce().join().done())
                .singleElement()
                .asString()
                .contains("settling");
        await().until(() -> bench.lifecycle.status(KEY).orElseThrow().state() == PreviewState.FAILED);
        assertThat(bench.lifecycle.status(KEY).orElseThrow().problem()).contains("interrupted by a restart");

        bench.down();
        assertThat(bench.lifecycle.list()).isEmpty();
        bench.time.pass(Duration.ofDays(7).minusMinutes(1));
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        assertThat(bench.lifecycle.closed()).hasSize(1);
        bench.time.pass(Duration.ofMinutes(2));
        assertThat(reconciler.runOnce().join().done())
                .as("one look is not enough")
                .isEmpty();
        bench.time.pass(Duration.ofMinutes(5));
        assertThat(reconciler.runOnce().join().done()).containsExactly("Preview " + KEY.id() + ": forgotten.");
        assertThat(bench.lifecycle.closed()).isEmpty();
    }

    @Test
    void theViewReadsTheMachine() {
        assertThat(bench.lifecycle.view(KEY).join().orElseThrow().phase()).isEqualTo(MachinePhase.RUNNING);
        assertThat(bench.lifecycle.view(PreviewKey.of("x/y", "1")).join()).isEmpty();
        PreviewRecord record = bench.lifecycle.status(KEY).orElseThrow();
        assertThat(bench.lifecycle.publicUrl(record.mainPort())).isEqualTo(record.url());
        assertThat(bench.lifecycle.sleep(KEY).join().asked()).isTrue();
        bench.client.machines().delete(record.machineId(), RequestOptions.none());
        await().until(() -> MachinePhase.DESTROYED.equals(
                bench.lifecycle.view(KEY).join().orElseThrow().phase()));
    }

    private PreviewRecord close(Duration grace, boolean confirmed) {
        return Bench.await(bench.lifecycle.teardown(KEY, new Teardown("merged", grace, confirmed), bench.listener));
    }
}
