package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.preview.error.SupersededException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.Source;
import io.jenkins.plugins.dedalus.preview.model.SpecDigest;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request is known by its order, commit, spec and source together: none of them alone makes two requests the same. */
class IdentityTest {
    private static final PreviewSpec HANGING =
            OneAtATimeTest.noApp("echo $GIT_COMMIT; until [ -e ~/go ]; do sleep 0.05; done");
    private static final PreviewSpec TELLING = OneAtATimeTest.noApp("echo $GIT_COMMIT");

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
    void anotherCommitOfTheSameOrderIsDeployedOverTheFirst() {
        assertThat(bench.ready(Bench.request(TELLING, 1, COMMIT_A)).commit()).isEqualTo(COMMIT_A);
        assertThat(bench.ready(Bench.request(TELLING, 1, COMMIT_B)).commit()).isEqualTo(COMMIT_B);
        assertThat(bench.output).containsExactly(COMMIT_A, COMMIT_B);
    }

    @Test
    void anotherCommitOfTheSameOrderInterruptsTheFirstWhichIsNoSuccess() {
        PreviewOperation first = bench.ensure(Bench.request(HANGING, 1, COMMIT_A));
        await().until(() -> bench.output.contains(COMMIT_A));
        PreviewOperation second = bench.ensure(Bench.request(TELLING, 1, COMMIT_B));
        assertThat(second).isNotSameAs(first);
        assertThat(Bench.await(second).commit()).isEqualTo(COMMIT_B);
        assertThatThrownBy(() -> Bench.await(first))
                .isInstanceOf(SupersededException.class)
                .hasMessageContaining("aaaaaaaaaa (build 1) gave way to commit bbbbbbbbbb (build 1)");
        assertThat(bench.output).containsExactly(COMMIT_A, COMMIT_B);
    }

    @Test
    void anotherCommitOfTheSameOrderDoesNotGoOnWithWhatARestartInterrupted() throws Exception {
        PreviewOperation first = bench.ensure(Bench.request(HANGING, 1, COMMIT_A));
        await().until(() -> bench.output.contains(COMMIT_A));
        bench.restart();
        assertThatThrownBy(() -> Bench.await(first)).hasMessageContaining("goes on after the next start");
        PreviewOperation second = bench.ensure(Bench.request(HANGING, 1, COMMIT_B));
        java.nio.file.Files.createFile(bench.living().get(0).home().resolve("go"));
        assertThat(Bench.await(second).commit()).isEqualTo(COMMIT_B);
        assertThat(bench.output).containsExactly(COMMIT_A, COMMIT_B);
    }

    @Test
    void anotherArchiveOfTheSameOrderAndCommitIsSent() {
        PreviewSpec reading = OneAtATimeTest.noApp("true");
        assertThat(SpecDigest.of(archived(reading, "a".repeat(64))))
                .isEqualTo(SpecDigest.of(archived(reading, "A".repeat(64))))
                .isNotEqualTo(SpecDigest.of(archived(reading, "b".repeat(64))));
        Source.Git git = new Source.Git("https://github.com/acme/shop", null, COMMIT_A, "token-1");
        assertThat(SpecDigest.of(Bench.request(reading, 1, COMMIT_A, git, null)))
                .as("a token is minted anew for every try")
                .isEqualTo(SpecDigest.of(Bench.request(
                        reading,
                        1,
                        COMMIT_A,
                        new Source.Git("https://github.com/acme/shop", null, COMMIT_A, "token-2"),
                        null)));
    }

    private static PreviewRequest archived(PreviewSpec spec, String sha256) {
        Source.Archive archive = new Source.Archive(() -> new ByteArrayInputStream(new byte[0]), sha256);
        return Bench.request(spec, 1, COMMIT_A, archive, null);
    }

    @Test
    void ofManyThatAskAtOnceWithoutAnOrderEachGetsItsOwnAndTheLastIsShown() throws Exception {
        int many = 12;
        bench.ready(Bench.request(TELLING, 5, COMMIT_A));
        List<PreviewOperation> asked = new ArrayList<>();
        CountDownLatch begin = new CountDownLatch(1);
        List<Thread> threads = IntStream.range(0, many)
                .mapToObj(i -> new Thread(() -> {
                    PreviewRequest request = Bench.request(TELLING, 5, String.format("%040d", i));
                    uninterruptibly(begin);
                    PreviewOperation operation = bench.lifecycle.ensureNewest(request, ProgressListener.NONE);
                    synchronized (asked) {
                        asked.add(operation);
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        List<PreviewRecord> shown = new ArrayList<>();
        for (PreviewOperation operation : asked) {
            try {
                shown.add(Bench.await(operation));
            } catch (SupersededException e) {
                assertThat(e).hasMessageContaining("gave way to");
            }
        }
        assertThat(asked).hasSize(many).doesNotHaveDuplicates();
        PreviewRecord last = bench.lifecycle.status(KEY).orElseThrow();
        assertThat(last.order()).isEqualTo(5 + many);
        assertThat(last.state()).isEqualTo(PreviewState.READY);
        assertThat(shown).isNotEmpty().allMatch(record -> record.commit()
                .equals(record.change().commit()));
        assertThat(shown).extracting(PreviewRecord::order).contains(last.order());
        assertThat(bench.creates()).isEqualTo(1);
    }

    @Test
    void whatARestartInterruptedGoesOnWhenItIsAskedForAgainWithoutAnOrder() throws Exception {
        bench.lifecycle.ensureNewest(Bench.request(HANGING, 3, COMMIT_A), bench.listener);
        await().until(() -> bench.output.contains(COMMIT_A));
        bench.restart();
        PreviewOperation again = bench.lifecycle.ensureNewest(Bench.request(HANGING, 9, COMMIT_A), bench.listener);
        java.nio.file.Files.createFile(bench.living().get(0).home().resolve("go"));
        assertThat(Bench.await(again).order()).isEqualTo(3);
        assertThat(bench.output).containsExactly(COMMIT_A);
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
