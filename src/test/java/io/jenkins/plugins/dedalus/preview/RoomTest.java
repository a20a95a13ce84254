package io.jenkins.plugins.dedalus.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.error.PreviewCancelledException;
import io.jenkins.plugins.dedalus.preview.error.QuotaException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.Closing;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When there may be no more machines, what is closed goes first; else builds wait in a line, or fail with a sentence. */
class RoomTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path directory;

    private Bench bench;

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void theOldestClosedOneGoesFirstUnlessItIsPinned() throws Exception {
        start(100, 2, false);
        ready(1);
        ready(2);
        bench.lifecycle.lifetimes().pin(key(1), null).get(60, TimeUnit.SECONDS);
        close(1, true);
        close(2, false);
        assertThatThrownBy(() -> ready(3))
                .as("pinned, and closed by a rumour")
                .isInstanceOf(QuotaException.class)
                .hasMessageContaining("all 2 allowed ones are in use");
        close(2, true);

        List<String> lines = new CopyOnWriteArrayList<>();
        assertThat(Bench.await(ensure(3, lines)).state()).isEqualTo(PreviewState.READY);
        assertThat(lines).anySatisfy(line -> assertThat(line)
                .contains("all 2 allowed ones are in use: " + key(2).id() + ", closed since ", "is deleted now"));
        assertThat(bench.lifecycle.list()).extracting(PreviewRecord::key).containsExactlyInAnyOrder(key(1), key(3));
        assertThat(bench.living()).hasSize(2);
    }

    @Test
    void buildsWaitInALineWithTheirPlaceShown() throws Exception {
        start(100, 1, true);
        ready(1);
        List<String> second = new CopyOnWriteArrayList<>();
        List<String> third = new CopyOnWriteArrayList<>();
        PreviewOperation two = ensure(2, second);
        await().until(() -> has(second, "place 1 of 1"));
        PreviewOperation three = ensure(3, third);
        await().until(() -> has(third, "place 2 of 2"));
        assertThat(bench.living()).hasSize(1);

        Bench.await(bench.lifecycle.teardown(key(1), Teardown.now("merged"), progress -> {}));
        assertThat(Bench.await(two).state()).isEqualTo(PreviewState.READY);
        await().until(() -> has(third, "place 1 of 1"));
        three.cancel("it took too long");
        assertThatThrownBy(() -> Bench.await(three)).isInstanceOf(PreviewCancelledException.class);
        List<String> fourth = new CopyOnWriteArrayList<>();
        PreviewOperation four = ensure(4, fourth);
        await().until(() -> has(fourth, "place 1 of 1"));
        four.cancel("enough");
        assertThat(bench.creates()).isEqualTo(2);
    }

    @Test
    void thePlatformsOwnLimitLeadsTheSameWay() throws Exception {
        start(1, 0, false);
        ready(1);
        assertThatThrownBy(() -> ready(2)).isInstanceOf(QuotaException.class).hasMessageContaining("plan caps");
        close(1, true);
        List<String> lines = new CopyOnWriteArrayList<>();
        assertThat(Bench.await(ensure(2, lines)).state()).isEqualTo(PreviewState.READY);
        assertThat(has(lines, "the account's plan allows no more: " + key(1).id()))
                .isTrue();
        assertThat(bench.living()).hasSize(1);
    }

    /** What the platform counts is not known here: what is deleted may not help. */
    @Test
    void forARefusalOfThePlatformOneIsDeletedAtMostAndNoneForAFaultOfItsServer() throws Exception {
        start(100, 0, false);
        ready(1);
        ready(2);
        close(1, true);
        close(2, true);
        bench.emulator
                .faults()
                .add(Fault.apiError("POST", "/v1/machines", 403, "VCPU_LIMIT_EXCEEDED")
                        .always());
        assertThatThrownBy(() -> ready(3)).isInstanceOf(QuotaException.class);
        assertThat(bench.living()).hasSize(1);
        assertThat(record(2).operation()).isNull();

        bench.emulator.faults().clear();
        bench.emulator
                .faults()
                .add(Fault.apiError("POST", "/v1/machines", 503, "DISK_LIMIT_UNKNOWN")
                        .always());
        long tries = bench.creates();
        PreviewOperation four = ensure(4, new CopyOnWriteArrayList<>());
        await().until(() -> bench.creates() > tries + 1);
        assertThat(bench.living()).hasSize(1);
        assertThat(record(2).operation()).isNull();
        four.cancel("enough");
    }

    @Test
    void whatStaysOpenGoesLastAndWhatIsBeingDeletedNotAgain() throws Exception {
        start(100, 2, false);
        ready(1);
        ready(2);
        close(1, true);
        close(2, true);
        Closing first = record(1).closing();
        closing(1, new Closing(first.since(), true, first.deleteAt(), "unseen", first.serverTime(), true));
        ready(3);
        assertThat(bench.lifecycle.list()).extracting(PreviewRecord::key).containsExactlyInAnyOrder(key(1), key(3));

        closing(1, new Closing(first.since(), true, first.since(), "now", first.serverTime()));
        assertThatThrownBy(() -> ready(4)).isInstanceOf(QuotaException.class);
    }

    @Test
    void whatMayNotBeNamedKeepsItsData() throws Exception {
        start(1, 0, false);
        bench.nameable = false;
        ready(1);
        close(1, true);
        assertThatThrownBy(() -> ready(2)).isInstanceOf(QuotaException.class);
        assertThat(bench.living()).hasSize(1);
    }

    private PreviewRecord record(int number) {
        return bench.lifecycle.status(key(number)).orElseThrow();
    }

    private void closing(int number, Closing closing) {
        bench.ledger.put(record(number).toBuilder().closing(closing).build());
    }

    private void start(int quota, int most, boolean waits) throws Exception {
        bench = new Bench(directory, EmulatorConfig.builder().machineQuota(quota));
        bench.settings = Bench.QUICK.withMaxMachines(most).withWaitsForRoom(waits);
        bench.restart();
    }

    private static boolean has(List<String> lines, String part) {
        return lines.stream().anyMatch(line -> line.contains(part));
    }

    private static PreviewKey key(int number) {
        return PreviewKey.of("github.com/acme/shop", Integer.toString(number));
    }

    private PreviewRecord ready(int number) {
        return Bench.await(ensure(number, new CopyOnWriteArrayList<>()));
    }

    private PreviewOperation ensure(int number, List<String> lines) {
        ChangeContext change =
                new ChangeContext(Integer.toString(number), null, null, null, Bench.COMMIT_A, null, false);
        return bench.lifecycle.ensure(
                new PreviewRequest(key(number), OneAtATimeTest.noApp("true"), change, null, null, 1, null),
                progress -> {
                    if (progress.line() != null) {
                        lines.add(progress.line());
                    }
                });
    }

    private void close(int number, boolean confirmed) {
        Bench.await(bench.lifecycle.teardown(key(number), new Teardown("merged", DAY, confirmed), progress -> {}));
    }
}
