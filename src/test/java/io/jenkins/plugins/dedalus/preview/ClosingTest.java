package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.MachineCreate;
import io.jenkins.plugins.dedalus.client.MachinePhase;
import io.jenkins.plugins.dedalus.client.RequestOptions;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
    void aClosedPreviewSleepsThroughItsGraceAndComesBackWithItsData() {
        PreviewRecord closed = close(Duration.ofDays(1), true);
        assertThat(closed.state()).isEqualTo(PreviewState.CLOSING);
        assertThat(closed.closing().reason()).isEqualTo("merged");
        await().atMost(10, TimeUnit.SECONDS)
                .until(() -> bench.living().get(0).phase().equals("sleeping"));
        bench.clock.advance(Duration.ofHours(23));
        assertThat(reconciler.runOnce().join().done()).isEmpty();

        PreviewRecord back = bench.ready(Bench.request(OneAtATimeTest.noApp("cat ~/data"), 2, COMMIT_B));
        assertThat(back.machineId()).isEqualTo(closed.machineId());
        assertThat(back.closing()).isNull();
        assertThat(bench.output).containsExactly("data");
        bench.clock.advance(Duration.ofDays(2));
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        assertThat(bench.living()).hasSize(1);
    }

    @Test
    void theReconcilerDeletesWhatIsDue() {
        close(Duration.ofDays(1), true);
        bench.clock.advance(Duration.ofDays(1).plusSeconds(1));
        ReconcileReport report = reconciler.runOnce().join();
        assertThat(report.done()).singleElement().asString().contains("taking it down");
        await().atMost(10, TimeUnit.SECONDS).until(() -> bench.lifecycle.list().isEmpty());
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
        await().atMost(10, TimeUnit.SECONDS)
                .until(() -> bench.living().get(0).phase().equals("sleeping"));
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
        bench.clock.advance(Duration.ofDays(8));
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        assertThat(bench.living()).hasSize(1);
    }

    @Test
    void anUnconfirmedClosingInTheMidstOfABuildLeavesWhatNeedsABuild() {
        bench.ensure(Bench.request(OneAtATimeTest.noApp("echo hi; sleep 100"), 2, COMMIT_B));
        await().atMost(10, TimeUnit.SECONDS).until(() -> bench.output.contains("hi"));
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
        await().atMost(10, TimeUnit.SECONDS)
                .until(() -> bench.living().get(0).phase().equals("sleeping"));
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
                .isInstanceOf(io.jenkins.plugins.dedalus.client.PermissionException.class);
        PreviewRecord stuck = bench.lifecycle.status(KEY).orElseThrow();
        assertThat(stuck.state()).isEqualTo(PreviewState.CLOSING);
        assertThat(stuck.problem()).isNotBlank();
        ReconcileReport report = reconciler.runOnce().join();
        assertThat(report.problems()).isNotEmpty();
        await().atMost(10, TimeUnit.SECONDS).until(() -> bench.lifecycle.list().isEmpty());
    }

    @Test
    void anAccountThatKnowsNoneOfOurMachinesIsNotBelieved() throws Exception {
        PreviewRequest second = Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A);
        PreviewKey other = PreviewKey.of("github.com/acme/shop", "13");
        bench.ready(new PreviewRequest(other, second.spec(), second.change(), null, SecretEnv.none(), 1, null));
        close(Duration.ofDays(1), true);
        bench.clock.advance(Duration.ofDays(2));
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
                    .closing(new Closing(bench.clock.instant(), true, bench.clock.instant(), "merged"))
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
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> bench.lifecycle.list().isEmpty());
        }
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
        await().atMost(10, TimeUnit.SECONDS).until(() -> bench.living().size() == 1);
        assertThat(bench.ready(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A))
                        .state())
                .isEqualTo(PreviewState.READY);
    }

    @Test
    void aBuildThatNeverComesBackAfterARestartIsSettledAndATombstoneForgotten() {
        PreviewOperation hanging = bench.ensure(Bench.request(OneAtATimeTest.noApp("echo hi; sleep 100"), 2, COMMIT_B));
        await().atMost(10, TimeUnit.SECONDS).until(() -> bench.output.contains("hi"));
        bench.restart();
        assertThat(hanging.result()).failsWithin(Duration.ofSeconds(5));
        reconciler = new Reconciler(bench.lifecycle);
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        bench.clock.advance(Duration.ofMinutes(16));
        assertThat(reconciler.runOnce().join().done())
                .singleElement()
                .asString()
                .contains("settling");
        await().atMost(10, TimeUnit.SECONDS)
                .until(() -> bench.lifecycle.status(KEY).orElseThrow().state() == PreviewState.FAILED);
        assertThat(bench.lifecycle.status(KEY).orElseThrow().problem()).contains("interrupted by a restart");

        bench.down();
        assertThat(bench.lifecycle.list()).isEmpty();
        bench.clock.advance(Duration.ofDays(7).minusMinutes(1));
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        assertThat(bench.lifecycle.closed()).hasSize(1);
        bench.clock.advance(Duration.ofMinutes(2));
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
        await().atMost(10, TimeUnit.SECONDS)
                .until(() -> MachinePhase.DESTROYED.equals(
                        bench.lifecycle.view(KEY).join().orElseThrow().phase()));
    }

    private PreviewRecord close(Duration grace, boolean confirmed) {
        return Bench.await(bench.lifecycle.teardown(KEY, new Teardown("merged", grace, confirmed), bench.listener));
    }
}
