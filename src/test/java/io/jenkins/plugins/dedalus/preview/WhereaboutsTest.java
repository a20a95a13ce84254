package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.LedgerKeys;
import io.jenkins.plugins.dedalus.preview.ledger.LedgerOrigin;
import io.jenkins.plugins.dedalus.preview.ledger.OperationRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.MachineIntent;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a machine that isn't found is gone, and when it goes on costing money somewhere. */
class WhereaboutsTest {
    private static final PreviewKey OTHER = PreviewKey.of("github.com/acme/shop", "13");
    private static final String API = "https://dedalus.example";
    private static final PreviewSpec SPEC = OneAtATimeTest.noApp("true");

    @TempDir
    Path directory;

    private Bench bench;
    private Emulator foreign;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory);
        foreign = Emulator.start(
                EmulatorConfig.builder().apiKey("key-of-another-account").build());
        bench.ledger.bind(API, null);
        bench.ready(Bench.request(SPEC, 1, COMMIT_A));
    }

    @AfterEach
    void stop() {
        foreign.close();
        bench.close();
    }

    @Test
    void withAnotherAccountsKeyNothingIsTakenDownForgottenOrMade() {
        PreviewRecord before = bench.lifecycle.status(KEY).orElseThrow();
        withAnotherAccountsKey();
        assertThatThrownBy(() -> bench.down())
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining("none of the 1 machines is found with it")
                .hasMessageContaining("trust-key");
        assertOwned(before.machineId());

        assertThatThrownBy(() -> bench.ready(Bench.request(SPEC, 2, COMMIT_B)))
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining("none of the 1 machines is found with it");
        assertOwned(before.machineId());

        assertThatThrownBy(() -> bench.ready(other()))
                .as("a new preview's machine would be in the other account")
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining("Nothing is made");
        assertThat(foreign.machines()).isEmpty();

        Reconciler reconciler = new Reconciler(bench.lifecycle);
        for (int run = 0; run < 3; run++) {
            ReconcileReport report = reconciler.runOnce().join();
            assertThat(report.problems()).anyMatch(problem -> problem.contains("none of the 1 machines"));
            bench.time.pass(Duration.ofHours(1));
        }
        assertThat(bench.lifecycle.view(KEY).join().orElseThrow().phase())
                .as("nobody knows")
                .isNull();
        assertOwned(before.machineId());

        withTheOldKey();
        assertThat(bench.ready(Bench.request(SPEC, 3, COMMIT_A)).machineId()).isEqualTo(before.machineId());
        bench.down();
        assertThat(bench.living()).isEmpty();
    }

    @Test
    void aLookOfAReadyPreviewThatTheKeyDoesNotSeeLeavesItReady() {
        withAnotherAccountsKey();
        assertThatThrownBy(() -> bench.ready(Bench.request(SPEC, 1, COMMIT_A)))
                .hasMessageContaining("none of the 1 machines");
        assertThat(bench.lifecycle.status(KEY).orElseThrow().state()).isEqualTo(PreviewState.READY);
    }

    @Test
    void anUnansweredCreateIsNotSentAgainWithAnotherAccountsKey() {
        bench.ledger.put(new PreviewRecordBuilder(OTHER)
                .state(PreviewState.PROVISIONING)
                .creation(new MachineIntent("create-1", 1, 2048, 10, "5m", bench.serverClock.instant(), true))
                .operation(new OperationRecord(
                        OperationRecord.Kind.ENSURE,
                        "op",
                        "CREATE",
                        1,
                        COMMIT_A,
                        null,
                        bench.clock.instant(),
                        bench.clock.instant(),
                        null,
                        0,
                        null,
                        false))
                .build());
        withAnotherAccountsKey();
        Reconciler reconciler = new Reconciler(bench.lifecycle);
        reconciler.runOnce().join();
        bench.time.pass(Duration.ofMinutes(16));
        reconciler.runOnce().join();
        assertThatThrownBy(() ->
                        Bench.await(bench.lifecycle.teardown(OTHER, Teardown.now("closed"), ProgressListener.NONE)))
                .hasMessageContaining("Nothing is made");
        assertThat(foreign.machines()).isEmpty();
        assertThat(bench.lifecycle.status(OTHER).orElseThrow().creation()).isNotNull();
    }

    @Test
    void aNewKeyOfTheSameAccountIsKnownByAMachineItSees() {
        bench.reopenWith(organisation());
        bench.ready(other());
        bench.ready(Bench.request(SPEC, 2, COMMIT_B));
        bench.down();
        assertThat(bench.living()).hasSize(1);
    }

    @Test
    void afterAPersonSaidThatTheKeyIsTheRightOneWhatIsNotFoundIsGone() {
        withAnotherAccountsKey();
        assertThatThrownBy(() -> bench.down()).hasMessageContaining("trust-key");
        bench.lifecycle.trustKey().join();
        bench.down();
        assertThat(bench.lifecycle.list()).isEmpty();
    }

    @Test
    void whoDeletesTheFileThatNamesTheApiSaysSoToo() throws Exception {
        withAnotherAccountsKey();
        bench.ledger.bind(API, null);
        assertThatThrownBy(() -> bench.down()).hasMessageContaining(LedgerOrigin.FILE);
        Files.delete(bench.ledgerDirectory.resolve(LedgerOrigin.FILE));
        withAnotherAccountsKey();
        bench.ledger.bind(API, null);
        withAnotherAccountsKey();
        bench.down();
        assertThat(bench.lifecycle.list()).isEmpty();
    }

    @Test
    void noKeyIsKept() throws Exception {
        Path file = bench.ledgerDirectory.resolve(LedgerKeys.FILE);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2).allMatch(line -> line.matches("[0-9a-f]{32}"));
        assertThat(Files.readString(file)).doesNotContain(bench.emulator.apiKey());
    }

    @Test
    void anAnswerOf404ToEverythingEndsNothing() {
        String machine = bench.lifecycle.status(KEY).orElseThrow().machineId();
        bench.ready(other());
        Reconciler reconciler = new Reconciler(bench.lifecycle);
        Fault blackout = Fault.api(-1, null, "/v1/.*", 404, "NOT_FOUND", 0);
        bench.emulator.faults().add(blackout);
        PreviewOperation building = bench.ensure(Bench.request(SPEC, 2, COMMIT_B));
        await().until(() -> bench.lines.stream().anyMatch(line -> line.contains("may be a passing fault")));
        assertThat(building.result()).isNotDone();
        for (int run = 0; run < 3; run++) {
            assertThat(reconciler.runOnce()).failsWithin(Duration.ofMinutes(1));
            bench.time.pass(Duration.ofMinutes(1));
        }
        bench.emulator.faults().clear();
        assertThat(Bench.await(building).machineId()).isEqualTo(machine);
        assertThat(bench.emulator.machines()).hasSize(2);
    }

    @Test
    void a404OfOneMachineThatIsListedEndsNothing() {
        PreviewRecord before = bench.lifecycle.status(KEY).orElseThrow();
        bench.emulator.faults().add(Fault.api(-1, "GET", "/v1/machines/{id}", 404, "NOT_FOUND", 0));
        bench.emulator.faults().add(Fault.api(-1, "DELETE", "/v1/machines/{id}", 404, "NOT_FOUND", 0));
        PreviewOperation closing = bench.lifecycle.teardown(KEY, Teardown.now("closed"), bench.listener);
        await().until(() -> bench.lines.stream().anyMatch(line -> line.contains("may be a passing fault")));
        bench.time.pass(Duration.ofSeconds(40));
        long reads = bench.emulator.calls().count("GET", "/v1/machines/{id}");
        await().until(() -> bench.emulator.calls().count("GET", "/v1/machines/{id}") > reads + 5);
        assertThat(closing.result()).isNotDone();
        assertOwned(before.machineId());
        bench.emulator.faults().clear();
        Bench.await(closing);
        assertThat(bench.living()).isEmpty();
    }

    @Test
    void theOnlyMachineOfALedgerIsGoneAfterTwoLooks() {
        String machine = bench.lifecycle.status(KEY).orElseThrow().machineId();
        bench.client.machines().delete(machine, RequestOptions.none());
        await().until(() -> bench.living().isEmpty());
        bench.emulator.faults().add(Fault.api(3, "GET", "/v1/machines/{id}", 404, "NOT_FOUND", 0));
        Reconciler reconciler = new Reconciler(bench.lifecycle);
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        bench.time.pass(Duration.ofMinutes(5));
        assertThat(reconciler.runOnce().join().done()).anyMatch(done -> done.contains(machine + " is lost"));
        assertThat(bench.ready(Bench.request(SPEC, 2, COMMIT_B)).machineId()).isNotEqualTo(machine);
    }

    private void withAnotherAccountsKey() {
        bench.reopenWith(DedalusClient.builder()
                .baseUrl(foreign.baseUrl().toString())
                .apiKey(foreign.apiKey())
                .nanoTime(bench.time::nanoTime)
                .maxRetries(0));
    }

    private void withTheOldKey() {
        bench.reopenWith(bench.client());
    }

    private DedalusClient.Builder organisation() {
        return bench.client().organizationId(UUID.randomUUID().toString());
    }

    private void assertOwned(String machineId) {
        assertThat(bench.lifecycle.status(KEY).orElseThrow().machineId()).isEqualTo(machineId);
        assertThat(bench.living()).hasSize(1);
    }

    private static PreviewRequest other() {
        return new PreviewRequest(
                OTHER, SPEC, Bench.request(SPEC, 1, COMMIT_A).change(), null, SecretEnv.none(), 1, null);
    }
}
