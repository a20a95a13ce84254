package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.OperationRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.Closing;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.MachineIntent;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock of this machine is behind, ahead, or set anew at the worst moment. */
class WrongClocksTest {
    private static final PreviewKey OTHER = PreviewKey.of("github.com/acme/shop", "13");

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

    @ParameterizedTest
    @ValueSource(longs = {10, -10, 180, -180, 600, -600})
    void aCreateWhoseAnswerWasLostIsFoundAgainWhateverTheClockSaid(long minutesWrong) {
        bench.clock.advance(Duration.ofMinutes(minutesWrong));
        createWithoutAnswer();
        bench.time.pass(Duration.ofHours(2));
        String machine = bench.emulator.machines().get(0).id();
        assertThatThrownBy(() -> bench.ready(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A)))
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining(machine)
                .hasMessageContaining("A person has to say");
        assertThat(bench.emulator.machines()).hasSize(1);
        assertThat(bench.lifecycle.candidates(KEY).join())
                .extracting(Machine::machineId)
                .containsExactly(machine);
    }

    @ParameterizedTest
    @ValueSource(longs = {10, -10, 600, -600})
    void aClockThatIsSetAnewAfterwardsChangesNothing(long minutes) {
        createWithoutAnswer();
        bench.clock.advance(Duration.ofMinutes(minutes));
        assertThat(bench.ready(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A))
                        .state())
                .isEqualTo(PreviewState.READY);
        assertThat(bench.emulator.machines()).hasSize(1);
    }

    @Test
    void anIntentOfAnOlderVersionNamesRatherTooManyMachines() {
        String machine = bench.client
                .machines()
                .create(new MachineCreate(1, 2048, 10, "5m"), RequestOptions.none())
                .machineId();
        MachineIntent intent = new MachineIntent(
                "create-1", 1, 2048, 10, "5m", bench.clock.instant().plus(Duration.ofMinutes(10)), false);
        bench.ledger.put(new PreviewRecordBuilder(KEY)
                .state(PreviewState.FAILED)
                .creation(intent)
                .build());
        assertThat(bench.lifecycle.candidates(KEY).join())
                .extracting(Machine::machineId)
                .containsExactly(machine);
    }

    @Test
    void machinesThatOtherPreviewsGetMeanwhileAreNoCandidates() {
        createWithoutAnswer();
        bench.time.pass(Duration.ofHours(2));
        String lost = bench.emulator.machines().get(0).id();
        // The other preview's machine is on the list, but is written down as its own only when the list has arrived.
        bench.emulator
                .faults()
                .add(Fault.delaying(Fault.Kind.API_DELAY, 1, 1500).withCalls("GET", "/v1/machines"));
        long before = bench.emulator.calls().count("GET", "/v1/machines");
        var candidates = bench.lifecycle.candidates(KEY);
        await().until(() -> bench.emulator.calls().count("GET", "/v1/machines") > before);
        PreviewSpec spec = OneAtATimeTest.noApp("true");
        bench.ready(new PreviewRequest(
                OTHER, spec, Bench.request(spec, 1, COMMIT_A).change(), null, SecretEnv.none(), 1, null));
        assertThat(candidates.join()).extracting(Machine::machineId).containsExactly(lost);
        assertThat(bench.emulator.machines()).hasSize(2);
    }

    @Test
    void aMachineThatAnothersCreateMayHaveMadeIsWaitedFor() {
        createWithoutAnswer();
        await("it runs").until(() -> bench.living().get(0).phase().equals("running"));

        bench.time.pass(Duration.ofHours(2));
        bench.client.machines().delete(bench.emulator.machines().get(0).id(), RequestOptions.none());
        await("destroyed").until(() -> bench.living().isEmpty());
        // Made for another preview, whose engine hasn't heard of it yet.
        Machine made = bench.client.machines().create(new MachineCreate(1, 2048, 10, "5m"), RequestOptions.none());
        PreviewRecord other = new PreviewRecordBuilder(OTHER)
                .state(PreviewState.PROVISIONING)
                .creation(new MachineIntent("create-2", 1, 2048, 10, "5m", bench.serverClock.instant(), true))
                .operation(new OperationRecord(
                        OperationRecord.Kind.ENSURE,
                        "op",
                        "CREATE",
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
        bench.ledger.put(other);
        assertThat(bench.lifecycle.candidates(KEY).join()).isEmpty();
        PreviewOperation waiting = bench.ensure(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A));
        long lists = bench.emulator.calls().count("GET", "/v1/machines");
        await("looks again").until(() -> bench.emulator.calls().count("GET", "/v1/machines") > lists + 3);

        assertThat(waiting.result()).isNotDone();
        bench.ledger.put(other.toBuilder()
                .creation(null)
                .machine(new MachineInfo(made.machineId(), 1, 2048, 10, "5m", bench.clock.instant()))
                .build());
        assertThat(Bench.await(waiting).machineId()).isNotEqualTo(made.machineId());
    }

    @Test
    void aMachineThatWasGivenToAnotherPreviewIsNotTakenBackByTheCreateThatMadeIt() {
        createWithoutAnswer();
        String machine = bench.emulator.machines().get(0).id();
        bench.ledger.put(new PreviewRecordBuilder(OTHER)
                .state(PreviewState.FAILED)
                .machine(new MachineInfo(machine, 1, 2048, 10, "5m", bench.clock.instant()))
                .build());
        assertThat(bench.ready(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A))
                        .machineId())
                .isNotEqualTo(machine);
    }

    @Test
    void aClockThatJumpsAheadDeletesAndForgetsNothing() {
        Reconciler reconciler = closedByARumour();
        bench.ledger.put(new PreviewRecordBuilder(OTHER)
                .state(PreviewState.CLOSED)
                .updatedAt(bench.serverClock.instant())
                .build());
        bench.clock.advance(Duration.ofDays(8));
        for (int run = 0; run < 3; run++) {
            assertThat(reconciler.runOnce().join().done()).isEmpty();
            bench.time.pass(Duration.ofMinutes(5));
        }
        assertThat(bench.living()).hasSize(1);
        assertThat(bench.lifecycle.closed()).hasSize(1);

        bench.clock.advance(Duration.ofDays(-80));
        bench.time.pass(Duration.ofDays(8));
        await().untilAsserted(() -> {
            reconciler.runOnce().join();
            bench.time.pass(Duration.ofMinutes(5));
            assertThat(bench.living()).isEmpty();
            assertThat(bench.lifecycle.list()).isEmpty();
            assertThat(bench.lifecycle.status(OTHER)).isEmpty();
        });
    }

    @Test
    void oneLookAtTheServersTimeDeletesNothing() {
        Reconciler reconciler = closedByARumour();
        bench.serverClock.advance(Duration.ofDays(8));
        // Two answers that agree are believed, until the next two say otherwise.
        bench.client.machines().list(1, null, RequestOptions.none());
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        bench.serverClock.advance(Duration.ofDays(-8));
        bench.client.machines().list(1, null, RequestOptions.none());
        bench.time.pass(Duration.ofMinutes(5));
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        assertThat(bench.living()).hasSize(1);
    }

    /** A process that has just started, and whose API doesn't answer, knows no time but its own. */
    @Test
    void aClosingStampedByAWrongClockGetsItsWholeGrace() {
        Reconciler reconciler = closedByARumour();
        PreviewRecord record = bench.ledger.get(KEY).orElseThrow();
        assertThat(record.closing().serverTime()).isTrue();
        Duration grace =
                Duration.between(record.closing().since(), record.closing().deleteAt());
        Instant wrong = bench.serverClock.instant().minus(Duration.ofDays(10));
        bench.ledger.put(record.toBuilder()
                .closing(new Closing(wrong, false, wrong.plus(grace), "gone?", false))
                .build());

        for (int look = 0; look < 3; look++) {
            reconciler.runOnce().join();
            bench.time.pass(Duration.ofMinutes(5));
        }
        assertThat(bench.living()).hasSize(1);
        Closing stamped = bench.ledger.get(KEY).orElseThrow().closing();
        assertThat(stamped.serverTime()).isTrue();
        assertThat(Duration.between(stamped.since(), stamped.deleteAt())).isEqualTo(grace);
        assertThat(stamped.deleteAt())
                .isAfter(bench.serverClock.instant().plus(grace).minus(Duration.ofHours(1)));
    }

    /** The same process hears that the change request really is closed: two clocks in one closing would mean "at once". */
    @Test
    void aClosingThatIsConfirmedUnderAnotherClockKeepsItsGrace() {
        closedByARumour();
        PreviewRecord record = bench.ledger.get(KEY).orElseThrow();
        Instant later = bench.clock.instant().plus(Duration.ofDays(10));
        bench.ledger.put(record.toBuilder()
                .closing(new Closing(later, false, later.plus(Duration.ofDays(7)), "gone?", false))
                .build());

        Closing confirmed = Bench.await(bench.lifecycle.teardown(
                        KEY, new Teardown("closed", Duration.ofHours(12), true), bench.listener))
                .closing();
        assertThat(confirmed.confirmed()).isTrue();
        assertThat(Duration.between(confirmed.since(), confirmed.deleteAt())).isEqualTo(Duration.ofHours(12));
        assertThat(bench.living()).hasSize(1);
    }

    private Reconciler closedByARumour() {
        bench.ready(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A));
        PreviewRecord closing =
                Bench.await(bench.lifecycle.teardown(KEY, new Teardown("gone?", Duration.ZERO, false), bench.listener));
        assertThat(closing.state()).isEqualTo(PreviewState.CLOSING);
        await().until(() -> bench.living().get(0).phase().equals("sleeping"));
        return new Reconciler(bench.lifecycle);
    }

    @Test
    void noClockThatIsSetEndsAStage() {
        bench.emulator.faults().add(Fault.of(Fault.Kind.PLACEMENT_STUCK, 1));
        PreviewOperation waiting = bench.ensure(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A));
        await().until(() -> bench.lines.stream().anyMatch(line -> line.contains("placement_pending")));
        bench.clock.advance(Duration.ofDays(1));
        bench.serverClock.advance(Duration.ofDays(1));
        long reads = bench.emulator.calls().count("GET", "/v1/machines/{id}");
        await().until(() -> bench.emulator.calls().count("GET", "/v1/machines/{id}") > reads + 3);
        assertThat(waiting.result()).isNotDone();
        bench.emulator.faults().clear();
        assertThat(Bench.await(waiting).state()).isEqualTo(PreviewState.READY);
    }

    @Test
    void noClockThatIsSetSettlesAnInterruptedBuild() {
        bench.ensure(Bench.request(OneAtATimeTest.noApp("echo hi; sleep 100"), 1, COMMIT_A));
        await().until(() -> bench.output.contains("hi"));
        bench.restart();
        Reconciler reconciler = new Reconciler(bench.lifecycle);
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        bench.clock.advance(Duration.ofHours(1));
        bench.serverClock.advance(Duration.ofHours(1));
        for (int run = 0; run < 3; run++) {
            assertThat(reconciler.runOnce().join().done()).isEmpty();
        }
    }

    /** The process ends between the create and its answer. */
    private void createWithoutAnswer() {
        bench.settings = Bench.QUICK.withPoll(Duration.ofHours(1), Duration.ofHours(1));
        bench.restart();
        bench.emulator.faults().add(Fault.lostAnswer(1, "POST", "/v1/machines"));
        bench.ensure(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A));
        await("its answer is lost").until(() -> bench.lines.stream().anyMatch(line -> line.endsWith("Trying again.")));
        bench.settings = Bench.QUICK;
        bench.restart();
        assertThat(bench.lifecycle.status(KEY).orElseThrow().machine()).isNull();
        assertThat(bench.lifecycle.status(KEY).orElseThrow().creation()).isNotNull();
    }
}
