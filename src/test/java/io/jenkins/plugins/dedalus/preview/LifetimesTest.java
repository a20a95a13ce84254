package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.Closing;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.operation.TeardownOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nobody looks at is closed with its data kept; who looks, pushes, pins or extends keeps it. */
class LifetimesTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path directory;

    private Bench bench;
    private Reconciler reconciler;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory);
        bench.settings = Bench.QUICK.withLifetime(DAY.multipliedBy(14), DAY.multipliedBy(2), DAY);
        bench.restart();
        bench.ready(Bench.request(OneAtATimeTest.noApp("echo data >> ~/data"), 1, COMMIT_A));
        reconciler = new Reconciler(bench.lifecycle);
        asleep();
    }

    @AfterEach
    void stop() {
        reconciler.close();
        bench.close();
    }

    @Test
    void whatNobodyLooksAtIsClosedWithItsDataAndAPushBringsItBack() {
        bench.time.pass(DAY.multipliedBy(13));
        assertThat(reconcile()).as("its time is not over").isEmpty();
        assertThat(status().lifetime().expiresSoon(bench.serverClock.instant())).isTrue();
        assertThat(status().lifetime().announced()).as("surfaces are told").isTrue();
        bench.time.pass(DAY);
        assertThat(reconciler.runOnce().join().done())
                .as("one look is not enough")
                .isEmpty();
        bench.time.pass(Duration.ofMinutes(5));
        assertThat(reconciler.runOnce().join().done())
                .singleElement()
                .asString()
                .contains("closing it, for nobody looked at it for 2w");
        PreviewRecord closed = closed();
        assertThat(closed.down()).isTrue();
        assertThat(Duration.between(closed.closing().since(), closed.closing().deleteAt()))
                .isEqualTo(DAY);

        PreviewRecord back = bench.ready(Bench.request(OneAtATimeTest.noApp("cat ~/data"), 2, COMMIT_B));
        assertThat(back.machineId()).isEqualTo(closed.machineId());
        assertThat(bench.output).containsExactly("data");
        asleep();
        bench.time.pass(DAY.multipliedBy(13));
        assertThat(reconcile()).as("the push began its time anew").isEmpty();
        bench.time.pass(DAY.multipliedBy(2));
        reconcile();
        closed();
        bench.time.pass(DAY.multipliedBy(2));
        reconcile();
        await().until(() -> bench.lifecycle.list().isEmpty());
        assertThat(bench.living()).isEmpty();
    }

    @Test
    void whereClosedOnesAreDeletedAtOnceItsDataAreKeptForADayAllTheSame() {
        bench.settings = Bench.QUICK.withLifetime(DAY.multipliedBy(14), DAY.multipliedBy(2), Duration.ZERO);
        bench.restart();
        reconciler.close();
        reconciler = new Reconciler(bench.lifecycle);
        bench.time.pass(DAY.multipliedBy(15));
        reconcile();
        Closing closing = closed().closing();
        assertThat(Duration.between(closing.since(), closing.deleteAt())).isEqualTo(DAY);
        bench.time.pass(Duration.ofHours(23));
        reconcile();
        assertThat(bench.living()).hasSize(1);
    }

    @Test
    void aCloseThatSomebodyAsksForIsMoreThanOneThatNobodyAskedFor() {
        TeardownOperation unseen =
                new TeardownOperation(bench.lifecycle.parts(), KEY, Teardown.unseen(DAY, DAY), ProgressListener.NONE);
        assertThat(unseen.covers(Teardown.unseen(DAY, DAY))).isTrue();
        assertThat(unseen.covers(new Teardown("merged", DAY, true))).isFalse();
    }

    @Test
    void whoLooksKeepsItAndTheLedgerIsNotWrittenForEachLook() throws Exception {
        bench.time.pass(DAY.multipliedBy(13));
        bench.lifecycle.wake(KEY).get(60, TimeUnit.SECONDS);
        await().until(() -> isSeen(bench.serverClock.instant()));
        Instant written = status().lifetime().seenAt();
        bench.gate.viewed(status().machineId());
        reconciler.runOnce().join();
        assertThat(status().lifetime().seenAt()).as("not for each look").isEqualTo(written);
        asleep();

        bench.time.pass(DAY.multipliedBy(13));
        bench.gate.viewed(status().machineId());
        reconciler.runOnce().join();
        assertThat(isSeen(bench.serverClock.instant())).isTrue();
        bench.time.pass(DAY.multipliedBy(13));
        assertThat(reconcile()).isEmpty();
        bench.lifecycle.wake(KEY).get(60, TimeUnit.SECONDS);
        bench.time.pass(DAY.multipliedBy(15));
        assertThat(reconcile())
                .as("who is awake and would fall asleep is used, by whatever way")
                .isEmpty();
        assertThat(isSeen(bench.serverClock.instant())).isTrue();
    }

    @Test
    void aPinKeepsItAndAnExtensionMovesItsEnd() throws Exception {
        Lifetimes lifetimes = bench.lifecycle.lifetimes();
        ask(lifetimes.pin(KEY, null));
        bench.time.pass(DAY.multipliedBy(100));
        assertThat(reconcile()).isEmpty();
        assertThatThrownBy(() -> ask(lifetimes.extend(KEY, DAY)))
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining("has no end to be moved: it is pinned");
        ask(lifetimes.unpin(KEY));
        bench.time.pass(DAY.multipliedBy(13));
        assertThat(reconcile()).as("its time began when it was unpinned").isEmpty();
        Instant end = status().lifetime().expiresAt();
        assertThat(ask(lifetimes.extend(KEY, DAY.multipliedBy(3))).lifetime().expiresAt())
                .isEqualTo(end.plus(DAY.multipliedBy(3)));
        bench.time.pass(DAY.multipliedBy(3));
        assertThat(reconcile()).isEmpty();
        ask(lifetimes.pinFor(KEY, DAY.multipliedBy(2)));
        bench.time.pass(DAY.multipliedBy(3));
        reconcile();
        closed();

        PreviewRecord back = ask(lifetimes.extend(KEY, DAY.multipliedBy(7)));
        assertThat(back.state()).as("one that nobody asked to close").isEqualTo(PreviewState.READY);
        assertThat(back.closing()).isNull();
        bench.time.pass(DAY.multipliedBy(6));
        assertThat(reconcile()).isEmpty();
        assertThat(bench.living()).hasSize(1);
        bench.time.pass(DAY.multipliedBy(2));
        reconcile();
        closed();
        Bench.await(bench.lifecycle.teardown(KEY, new Teardown("merged", DAY.multipliedBy(3), true), bench.listener));
        assertThatThrownBy(() -> ask(lifetimes.pin(KEY, null)))
                .isInstanceOf(PreviewClosedException.class)
                .hasMessageContaining("it was taken down (merged). A new build brings it back.");
    }

    @Test
    void badRequestsAreSentences() {
        Lifetimes lifetimes = bench.lifecycle.lifetimes();
        Instant past = bench.serverClock.instant().minusSeconds(5);
        assertThatThrownBy(() -> ask(lifetimes.pin(KEY, past))).hasMessageContaining("for that is past. Name a later");
        assertThatThrownBy(() -> ask(lifetimes.pinFor(KEY, Duration.ofSeconds(-1))))
                .hasMessageContaining("allowed is a minute to 3650 days");
        PreviewKey unknown = PreviewKey.of("https://github.com/acme/shop.git", "99");
        assertThatThrownBy(() -> ask(lifetimes.pin(unknown, null))).hasMessageContaining("there is none");
        bench.ready(Bench.request(
                PreviewSpec.builder()
                        .ttl(PreviewSpec.parseTtl("never"))
                        .visibility(Visibility.PRIVATE)
                        .build(),
                2,
                COMMIT_B));
        assertThatThrownBy(() -> ask(lifetimes.extend(KEY, DAY)))
                .hasMessageContaining("has no end to be moved: it stays until its change request is closed");
        for (String wrong : List.of("1m", "0", "", "soon", "9999d")) {
            assertThatThrownBy(() -> PreviewSpec.parseTtl(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("such as 12h or 14d");
        }
    }

    /** A process that has just started, and whose API doesn't answer, knows no time but its own. */
    @Test
    void whatAWrongClockCountedBeginsAnew() {
        Instant wrong = bench.serverClock.instant().minus(DAY.multipliedBy(400));
        bench.ledger.put(status().toBuilder()
                .lifetime(status().lifetime().seen(wrong, false))
                .build());
        bench.restart();
        reconciler.close();
        reconciler = new Reconciler(bench.lifecycle);
        assertThat(reconcile()).singleElement().asString().contains("its time begins now");
        assertThat(isSeen(bench.serverClock.instant())).isTrue();
        bench.time.pass(DAY.multipliedBy(13));
        assertThat(reconcile()).isEmpty();
    }

    private boolean isSeen(Instant now) {
        return Duration.between(status().lifetime().seenAt(), now).abs().compareTo(Duration.ofHours(1)) < 0;
    }

    private PreviewRecord status() {
        return bench.lifecycle.status(KEY).orElseThrow();
    }

    private static PreviewRecord ask(CompletableFuture<PreviewRecord> change) throws Exception {
        try {
            return change.get(60, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private void asleep() {
        bench.lifecycle.sleep(KEY).join();
        await().until(() -> bench.living().get(0).phase().equals("sleeping"));
    }

    /** Both looks; what they did. */
    private List<String> reconcile() {
        List<String> done = new ArrayList<>(reconciler.runOnce().join().done());
        bench.time.pass(Duration.ofMinutes(5));
        done.addAll(reconciler.runOnce().join().done());
        return done;
    }

    private PreviewRecord closed() {
        await().until(() -> status().state() == PreviewState.CLOSING
                && status().operation() == null
                && bench.lifecycle.running(KEY).isEmpty());
        assertThat(status().closing().unseen()).isTrue();
        assertThat(bench.living()).as("its data are kept").hasSize(1);
        return status();
    }
}
