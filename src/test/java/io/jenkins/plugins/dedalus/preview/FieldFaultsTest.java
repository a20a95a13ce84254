package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.AuthenticationException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.error.QuotaException;
import io.jenkins.plugins.dedalus.preview.error.ScriptFailedException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.MachineIntent;
import io.jenkins.plugins.dedalus.preview.model.PortSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import io.jenkins.plugins.dedalus.preview.wake.Awake;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users met in the field, and what the engine makes of it. */
class FieldFaultsTest {
    @TempDir
    Path directory;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory, EmulatorConfig.builder().machineQuota(2).previewDelay(Duration.ofMillis(100)));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void aFreshMachinesFlakyExecutionsAreTriedAgainForABoundedTime() {
        bench.emulator.faults().add(Fault.execution(2, "machine_not_routable"));
        bench.emulator.faults().add(Fault.api(1, "POST", ".*/executions", 503, "DEPENDENCY_UNAVAILABLE", 5));
        PreviewRecord record = bench.ready(request(1, "echo it ran >> count; cat count"));
        assertThat(bench.output).containsExactly("it ran");
        assertThat(record.state()).isEqualTo(PreviewState.READY);

        bench.settings = Bench.QUICK.withFlakyLimit(Duration.ofMillis(200));
        bench.restart();
        bench.emulator.faults().add(Fault.execution(-1, "machine_not_found"));
        assertThatThrownBy(() -> bench.ready(request(2, "true")))
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining("machine_not_found");
    }

    @Test
    void aScriptThePlatformLostRunsAgainOnlyIfDeclaredRepeatable() {
        bench.emulator.faults().add(Fault.execution(1, "execution_runner_interrupted"));
        assertThatThrownBy(() -> bench.ready(request(1, "true")))
                .hasMessageContaining("declare it repeatable")
                .isNotInstanceOf(ScriptFailedException.class);
        bench.emulator.faults().add(Fault.execution(1, "exec_frame_read_timeout"));
        PreviewSpec repeatable = PreviewSpec.builder()
                .deploy("echo again")
                .repeatable(true)
                .visibility(io.jenkins.plugins.dedalus.client.model.Visibility.PRIVATE)
                .build();
        assertThat(bench.ready(Bench.request(repeatable, 2, COMMIT_B)).state()).isEqualTo(PreviewState.READY);
        assertThat(bench.output).containsExactly("again");
    }

    @Test
    void lostAnswersMakeNothingTwice() {
        bench.emulator.faults().add(Fault.lostAnswer(1, "POST", "/v1/machines"));
        bench.emulator.faults().add(Fault.lostAnswer(1, "POST", ".*/executions"));
        bench.emulator.faults().add(Fault.lostAnswer(1, "POST", ".*/previews"));
        bench.ready(request(1, "echo one"));
        assertThat(bench.output).containsExactly("one");
        assertThat(bench.emulator.machines()).hasSize(1);
        bench.emulator.faults().add(Fault.lostAnswer(1, "DELETE", "/v1/machines/.*"));
        bench.down();
        assertThat(bench.living()).isEmpty();
    }

    @Test
    void aKeyThatIsRefusedAfterALostAnswerLeavesNoMachineThatNobodyKnows() {
        bench.emulator.faults().add(Fault.lostAnswer(1, "POST", "/v1/machines"));
        bench.emulator.faults().add(Fault.api(1, "POST", "/v1/machines", 401, "AUTH_INVALID", 0));
        assertThatThrownBy(() -> bench.ready(request(1, "true"))).isInstanceOf(AuthenticationException.class);
        assertThat(bench.emulator.machines()).hasSize(1);
        PreviewRecord failed = bench.lifecycle.status(KEY).orElseThrow();
        assertThat(failed.creation()).as("the intent stays").isNotNull();
        assertThat(failed.machineId()).isNull();

        try (Reconciler reconciler = new Reconciler(bench.lifecycle)) {
            reconciler.runOnce().join();
            bench.time.pass(Duration.ofMinutes(16));
            reconciler.runOnce().join();
            await().until(() -> bench.lifecycle.status(KEY).orElseThrow().machineId() != null);
        }
        assertThat(bench.emulator.machines()).hasSize(1);
        assertThat(bench.lifecycle.status(KEY).orElseThrow().creation()).isNull();
        bench.ready(request(2, "true"));
        assertThat(bench.emulator.machines()).hasSize(1);
    }

    @Test
    void aDeleteAnswered500ProvesNothingAndIsReadUntilGone() {
        bench.ready(request(1, "true"));
        bench.emulator.faults().add(Fault.api(2, "DELETE", "/v1/machines/.*", 500, "INTERNAL", 0));
        bench.down();
        assertThat(bench.living()).isEmpty();
        assertThat(bench.lifecycle.list()).isEmpty();
    }

    @Test
    void placementThatNeverComesIsASentence() {
        bench.emulator.faults().add(Fault.of(Fault.Kind.PLACEMENT_STUCK, 1));
        PreviewSpec hurried = PreviewSpec.builder()
                .limits(new TimeLimits(Duration.ofSeconds(1), null, null, null, null, null))
                .build();
        assertThatThrownBy(() -> bench.ready(Bench.request(hurried, 1, COMMIT_A)))
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining("placement_pending (NoReadyHosts)")
                .hasMessageContaining("did not run within 1 s");
        bench.down();
        assertThat(bench.living()).isEmpty();
    }

    @Test
    void aMachineDestroyedBehindOurBackOrLostIsReplacedUnderTheSameLabel() {
        PreviewRecord first = bench.ready(request(1, "true"));
        bench.client.machines().delete(first.machineId(), RequestOptions.none());
        await().until(() -> bench.living().isEmpty());
        PreviewRecord second = bench.ready(request(2, "echo $PREVIEW_URL"));
        assertThat(second.machineId()).isNotEqualTo(first.machineId());
        assertThat(second.label()).isEqualTo(first.label());
        assertThat(bench.output).containsExactly(second.url());

        bench.client.machines().sleep(second.machineId(), RequestOptions.none());
        bench.emulator.faults().add(Fault.of(Fault.Kind.WAKE_FAILS, 1));
        PreviewRecord third = bench.ready(request(3, "true"));
        assertThat(third.machineId()).isNotEqualTo(second.machineId());
        assertThat(bench.lines).anyMatch(line -> line.contains("RuntimeWakeFailed"));
        assertThat(third.retired()).containsExactly(second.machineId());
        ReconcileReport report = new Reconciler(bench.lifecycle).runOnce().join();
        assertThat(report.unknown()).isEmpty();
        await().untilAsserted(() -> {
            new Reconciler(bench.lifecycle).runOnce().join();
            assertThat(bench.lifecycle.status(KEY).orElseThrow().retired()).isEmpty();
        });
        assertThat(bench.living()).hasSize(1);
    }

    @Test
    void aWakeThatLostItsMemoryIsRepairedByTheCommandLeftOnTheMachine() throws Exception {
        // An app that kept its memory is given the time that a busy machine takes.
        bench.deafAfter = Duration.ofMinutes(1);
        bench.restart();
        PreviewRecord record = bench.ready(Bench.request(Bench.spec().build(), 1, COMMIT_A));
        assertThat(bench.get(record, "/visits")).isEqualTo("1");
        bench.lifecycle.sleep(KEY).join();
        await().until(() -> bench.living().get(0).phase().equals("sleeping"));
        assertThat(bench.get(record, "/visits")).isEqualTo("503");
        assertThat(bench.lifecycle.wake(KEY).get(60, TimeUnit.SECONDS).repaired())
                .isFalse();
        assertThat(bench.get(record, "/visits")).isEqualTo("2");

        bench.deafAfter = Duration.ofMillis(500);
        bench.restart();
        bench.lifecycle.sleep(KEY).join();
        await().until(() -> bench.living().get(0).phase().equals("sleeping"));
        bench.emulator.faults().add(Fault.of(Fault.Kind.MEMORY_LOST, 1));
        Awake awake = bench.lifecycle.wake(KEY).get(60, TimeUnit.SECONDS);
        assertThat(awake.repaired()).isTrue();
        assertThat(bench.get(record, "/version")).isEqualTo(COMMIT_A);
        assertThat(bench.get(record, "/visits")).isEqualTo("1");
    }

    @Test
    void aNewStartThatNeverReachedTheMachineIsTriedAgain() throws Exception {
        PreviewRecord record = bench.ready(Bench.request(Bench.spec().build(), 1, COMMIT_A));
        bench.lifecycle.sleep(KEY).join();
        await().until(() -> bench.living().get(0).phase().equals("sleeping"));
        bench.emulator.faults().add(Fault.of(Fault.Kind.MEMORY_LOST, 1));
        bench.emulator.faults().add(Fault.execution(2, "machine_not_routable"));
        long before = bench.emulator.calls().count("POST", ".*/executions");
        assertThat(bench.lifecycle.wake(KEY).get(60, TimeUnit.SECONDS).repaired())
                .isTrue();
        assertThat(bench.get(record, "/version")).isEqualTo(COMMIT_A);
        assertThat(bench.emulator.calls().count("POST", ".*/executions")).isEqualTo(before + 3);
    }

    @Test
    void aLookThatFailsLeavesWhatServesAsItIs() {
        PreviewRequest served = request(1, "true");
        bench.ready(served);
        bench.emulator.faults().add(Fault.api(1, "GET", "/v1/machines/{id}", 401, "AUTH_INVALID", 0));
        assertThatThrownBy(() -> bench.ready(served)).isInstanceOf(AuthenticationException.class);
        assertThat(bench.lifecycle.status(KEY).orElseThrow().state()).isEqualTo(PreviewState.READY);
        assertThat(bench.ready(served).state()).isEqualTo(PreviewState.READY);
    }

    @Test
    void aPreviewUrlThatIsGoneAlreadyCountsAsClosed() {
        bench.ready(Bench.request(ports("web", "admin"), 1, COMMIT_A));
        bench.emulator.faults().add(Fault.api(1, "DELETE", "/v1/machines/{id}/previews/{id}", 404, "NOT_FOUND", 0));
        PreviewRecord fewer = bench.ready(Bench.request(ports("web"), 2, COMMIT_B));
        assertThat(fewer.ports()).containsOnlyKeys("web");
        assertThat(bench.lines).anyMatch(line -> line.endsWith("was gone already"));
    }

    private static PreviewSpec ports(String... names) {
        PreviewSpec.Builder spec = PreviewSpec.builder().deploy("true");
        for (int i = 0; i < names.length; i++) {
            spec.port(names[i], new PortSpec(3000 + i, Protocol.HTTP, Visibility.PRIVATE));
        }
        return spec.build();
    }

    @Test
    void thePlansCapIsASentence() {
        bench.ready(request(1, "true"));
        bench.client
                .machines()
                .create(
                        new io.jenkins.plugins.dedalus.client.model.MachineCreate(1, 512, 5, null),
                        RequestOptions.none());
        PreviewRequest other = new PreviewRequest(
                PreviewKey.of("github.com/acme/shop", "13"),
                Bench.spec().build(),
                new ChangeContext("13", null, null, null, COMMIT_A, null, false),
                null,
                null,
                1,
                null);
        assertThatThrownBy(() -> bench.ready(other))
                .isInstanceOf(QuotaException.class)
                .hasMessageContaining("plan caps its machines");
        assertThat(bench.lifecycle.status(other.key()).orElseThrow().creation()).isNull();

        bench.settings = Bench.QUICK.withMaxMachines(1);
        bench.restart();
        assertThatThrownBy(() -> bench.ready(other))
                .isInstanceOf(QuotaException.class)
                .hasMessageContaining("all 1 allowed ones are in use")
                .hasMessageContaining(KEY.id());
    }

    @Test
    void ofManyThatAskAtOnceNoMoreGetAMachineThanAreAllowed() {
        bench.settings = Bench.QUICK.withMaxMachines(2);
        bench.restart();
        List<PreviewOperation> asked = IntStream.range(20, 28)
                .mapToObj(number -> bench.lifecycle.ensure(
                        new PreviewRequest(
                                PreviewKey.of("github.com/acme/shop", Integer.toString(number)),
                                Bench.spec().build(),
                                new ChangeContext(Integer.toString(number), null, null, null, COMMIT_A, null, false),
                                null,
                                null,
                                1,
                                null),
                        ProgressListener.NONE))
                .toList();
        List<Throwable> refused = asked.stream()
                .map(operation ->
                        operation.result().handle((record, failure) -> failure).join())
                .filter(Objects::nonNull)
                .toList();

        assertThat(bench.emulator.machines()).hasSize(2);
        assertThat(refused).hasSize(6).allSatisfy(failure -> assertThat(failure)
                .hasMessageContaining("all 2 allowed ones are in use"));
    }

    @Test
    void anUnansweredCreateOfAnExpiredKeyIsAQuestionToAPerson() {
        // Whoever lost the answer asks again soon; here its process ends before.
        bench.settings = Bench.QUICK.withPoll(Duration.ofHours(1), Duration.ofHours(1));
        bench.restart();
        bench.emulator.faults().add(Fault.lostAnswer(1, "POST", "/v1/machines"));
        bench.ensure(request(1, "true"));
        await().until(() -> bench.lines.stream().anyMatch(line -> line.endsWith("Trying again.")));
        bench.settings = Bench.QUICK;
        bench.restart();
        assertThat(bench.lifecycle.status(KEY).orElseThrow().machine()).isNull();
        bench.time.pass(Duration.ofHours(2));
        String machine = bench.emulator.machines().get(0).id();
        // The question names machines made since the create, and the emulator's clock is the real one.
        assertThatThrownBy(() -> bench.lifecycle
                        .resolveCreation(PreviewKey.of("x/y", "1"), null)
                        .join())
                .hasMessageContaining("no unanswered create");
        assertThatThrownBy(() -> bench.ready(request(1, "true")))
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining(machine)
                .hasMessageContaining("A person has to say");
        // The client may have asked again before it was stopped; the machine is one all the same.
        assertThat(bench.emulator.machines()).hasSize(1);
        assertThat(bench.lifecycle.candidates(KEY).join())
                .extracting(Machine::machineId)
                .containsExactly(machine);
        assertThatThrownBy(
                        () -> bench.lifecycle.resolveCreation(KEY, "dm-other").join())
                .hasMessageContaining("dm-other can't be that of preview " + KEY.id())
                .hasMessageContaining("Candidates: " + machine);
        assertThat(bench.lifecycle.resolveCreation(KEY, machine).join().machineId())
                .isEqualTo(machine);
        assertThat(bench.lifecycle.candidates(KEY).join()).isEmpty();
        assertThatThrownBy(() -> bench.lifecycle.resolveCreation(KEY, machine).join())
                .hasMessageContaining("no unanswered create");
        assertThat(bench.ready(request(1, "true")).machineId()).isEqualTo(machine);
    }

    /** Two folders of a Jenkins may have keys of one account, and a ledger each. */
    @Test
    void aMachineOfAnotherLedgerIsNeitherNamedNorAdopted() {
        Instant asked = bench.clock.instant().minus(Duration.ofHours(2));
        var machine = bench.client
                .machines()
                .create(
                        new io.jenkins.plugins.dedalus.client.model.MachineCreate(1, 2048, 10, "5m"),
                        RequestOptions.none());
        bench.neighbours = List.of(new PreviewRecordBuilder(PreviewKey.of("github.com/other/team", "1"))
                .state(PreviewState.READY)
                .machine(new MachineInfo(machine.machineId(), 1, 2048, 10, "5m", bench.clock.instant()))
                .createdAt(asked)
                .build());
        bench.ledger.put(new PreviewRecordBuilder(KEY)
                .state(PreviewState.FAILED)
                .creation(new MachineIntent("create-1", 1, 2048, 10, "5m", asked, true))
                .createdAt(asked)
                .build());

        assertThat(bench.lifecycle.candidates(KEY).join()).isEmpty();
        assertThatThrownBy(() -> bench.lifecycle
                        .resolveCreation(KEY, machine.machineId())
                        .join())
                .hasMessageContaining("it is another preview's")
                .hasMessageContaining("Candidates: none");
        assertThat(bench.ready(request(1, "true")).machineId())
                .as("nothing that may be its own, so a new one is made")
                .isNotEqualTo(machine.machineId());
    }

    @Test
    void oneMachineIsAdoptedByOnePreviewOnly() throws Exception {
        MachineIntent intent = new MachineIntent(
                "create-1", 1, 2048, 10, "5m", bench.clock.instant().minusSeconds(60), true);
        var machine = bench.client
                .machines()
                .create(
                        new io.jenkins.plugins.dedalus.client.model.MachineCreate(1, 2048, 10, "5m"),
                        RequestOptions.none());
        PreviewKey other = PreviewKey.of("github.com/acme/shop", "13");
        for (PreviewKey key : List.of(KEY, other)) {
            bench.ledger.put(new PreviewRecordBuilder(key)
                    .state(PreviewState.FAILED)
                    .creation(intent)
                    .createdAt(bench.clock.instant())
                    .build());
        }
        // Both lists are on their way before either answer is written down.
        bench.emulator.calls().clear();
        bench.emulator
                .faults()
                .add(Fault.of(Fault.Kind.API_HELD)
                        .withCalls("GET", "/v1/machines")
                        .always());
        var first = bench.lifecycle.resolveCreation(KEY, machine.machineId());
        var second = bench.lifecycle.resolveCreation(other, machine.machineId());
        await().until(() -> bench.emulator.calls().count("GET", "/v1/machines") == 2);
        bench.emulator.faults().clear();
        java.util.concurrent.CompletableFuture.allOf(first, second)
                .exceptionally(e -> null)
                .join();
        assertThat(bench.ledger.list()).extracting(PreviewRecord::machineId).containsOnlyOnce(machine.machineId());
        assertThatThrownBy(() -> {
                    first.join();
                    second.join();
                })
                // As it finds out when it writes, or when it looks at the candidates.
                .hasMessageMatching("(?s).*(belongs to a preview already|it is another preview's).*");
    }

    @Test
    void changedSizesReachTheMachineAndStorageOnlyGrows() {
        PreviewRecord first = bench.ready(request(1, "true"));
        PreviewSpec bigger = PreviewSpec.builder()
                .memoryMib(4096)
                .storageGib(20)
                .autosleep("15m")
                .visibility(io.jenkins.plugins.dedalus.client.model.Visibility.PRIVATE)
                .build();
        PreviewRecord second = bench.ready(Bench.request(bigger, 2, COMMIT_B));
        var machine = bench.client.machines().get(first.machineId(), RequestOptions.none());
        assertThat(machine.memoryMib()).isEqualTo(4096);
        assertThat(machine.storageGib()).isEqualTo(20);
        assertThat(machine.autosleepSeconds()).isEqualTo(900);
        assertThat(second.machine().autosleep()).isEqualTo("15m");
        PreviewRecord third = bench.ready(request(3, "true"));
        assertThat(third.machine().storageGib()).isEqualTo(20);
        assertThat(bench.lines).anyMatch(line -> line.contains("storage stays at 20 GiB"));
    }

    private static PreviewRequest request(long order, String deploy) {
        return Bench.request(OneAtATimeTest.noApp(deploy), order, order % 2 == 1 ? COMMIT_A : COMMIT_B);
    }
}
