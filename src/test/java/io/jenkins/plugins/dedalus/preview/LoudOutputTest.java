package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.Page;
import io.jenkins.plugins.dedalus.preview.command.ExecRequest;
import io.jenkins.plugins.dedalus.preview.command.ExecResult;
import io.jenkins.plugins.dedalus.preview.command.OutputFollower;
import io.jenkins.plugins.dedalus.preview.ledger.OutputPosition;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.Progress;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts that print much fail nothing, and no line is lost in silence. */
class LoudOutputTest {
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
    void eightMegabytesOfNulsFailNoBuildAndNoCommand() throws Exception {
        String nuls = "head -c 8000000 /dev/zero";
        bench.ready(Bench.request(OneAtATimeTest.noApp("mkdir -p app; " + nuls), 1, COMMIT_A));
        assertThat(bench.output.stream().mapToLong(String::length).sum()).isEqualTo(8_000_000);
        AtomicLong heard = new AtomicLong();
        bench.lifecycle
                .exec(KEY, ExecRequest.script("nuls-0001", nuls), (text, err, after) -> heard.addAndGet(text.length()))
                .result()
                .get(60, TimeUnit.SECONDS);
        assertThat(heard).hasValue(8_000_000);
    }

    @Test
    void outputHasALimitThatIsSaidOnceAndTheScriptGoesOn() throws Exception {
        bench.settings = Bench.QUICK.withOutputLimit(2_000_000);
        bench.restart();
        String loud =
                "mkdir -p app; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end; head -c 3000000 /dev/zero; echo > ~/ran";
        bench.ready(Bench.request(OneAtATimeTest.noApp(loud), 1, COMMIT_A));
        assertThat(bench.output.stream().mapToLong(String::length).sum()).isEqualTo(1_999_999);
        assertThat(bench.lines)
                .filteredOn(line -> line.contains("is longer than 2 MB"))
                .hasSize(1);
        assertThat(bench.living().get(0).home().resolve("ran")).exists();

        StringBuffer heard = new StringBuffer();
        ExecResult result = bench.lifecycle
                .exec(KEY, ExecRequest.script("loud-0001", loud + "; exit 3"), (text, err, after) -> heard.append(text))
                .result()
                .get(60, TimeUnit.SECONDS);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(heard.length()).isBetween(2_000_000, 2_000_200);
        assertThat(heard.toString()).containsOnlyOnce("The output of this command is longer than 2 MB");
    }

    @Test
    void aLimitThatWasReachedStaysReachedAfterARestart() {
        List<String> lines = new ArrayList<>();
        OutputFollower follower = new OutputFollower(OutputPosition.START, 10, lines::add);
        follower.accept(page("c1", event(1, "abc\n"), event(2, "defghijklmn\n")), () -> true);
        assertThat(follower.full()).isTrue();
        OutputFollower after = new OutputFollower(follower.position(), 10, lines::add);
        assertThat(after.full()).isTrue();
        after.finish();
        assertThat(lines).containsExactly("abc");
    }

    @Test
    void aSlowListenerSlowsTheReadingAndLosesNothing() {
        List<String> heard = new CopyOnWriteArrayList<>();
        AtomicLong backlog = new AtomicLong();
        AtomicLong highest = new AtomicLong();
        ProgressListener slow = new ProgressListener() {
            @Override
            public void onProgress(Progress progress) {
                if (progress.output()) {
                    heard.add(progress.line());
                    highest.accumulateAndGet(backlog.incrementAndGet(), Math::max);
                }
            }

            @Override
            public boolean ready() {
                // Asked again and again, it catches up by and by.
                return backlog.updateAndGet(waiting -> Math.max(0, waiting - 500)) < 1000;
            }
        };
        PreviewOperation build =
                bench.lifecycle.ensure(Bench.request(OneAtATimeTest.noApp("seq 1 12000"), 1, COMMIT_A), slow);
        Bench.await(build);
        assertThat(heard)
                .isEqualTo(IntStream.rangeClosed(1, 12_000)
                        .mapToObj(Integer::toString)
                        .toList());
        assertThat(highest.get()).as("no more than one event too many").isLessThan(8_000);
    }

    @Test
    void aListenerThatNeverHasRoomIsNotWaitedFor() {
        ProgressListener stuck = new ProgressListener() {
            @Override
            public void onProgress(Progress progress) {
                bench.listener.onProgress(progress);
            }

            @Override
            public boolean ready() {
                return false;
            }
        };
        // Time passes faster here than a busy machine can print.
        PreviewSpec unhurried = OneAtATimeTest.unhurried("seq 1 12000", Duration.ofHours(20));
        PreviewOperation build = bench.lifecycle.ensure(Bench.request(unhurried, 1, COMMIT_B), stuck);
        await().until(() -> build.status().startsWith("running deploy"));
        await().until(() -> {
            bench.time.pass(Duration.ofSeconds(31));
            return build.result().isDone();
        });
        Bench.await(build);
        assertThat(bench.output).hasSize(12_000);
    }

    @Test
    void aPageThatIsKnownAlreadyIsNotTheEnd() {
        List<String> lines = new ArrayList<>();
        OutputFollower follower = new OutputFollower(new OutputPosition("c0", 2, 0, 8), 1000, lines::add);
        assertThat(follower.accept(page("c1", event(1, "one\n"), event(2, "two\n")), () -> true))
                .isTrue();
        assertThat(follower.accept(page(null, event(3, "three\n")), () -> true)).isTrue();
        assertThat(lines).containsExactly("three");
    }

    @Test
    void aLongLineIsCutBetweenCharacters() {
        List<String> lines = new ArrayList<>();
        OutputFollower follower = new OutputFollower(OutputPosition.START, 1_000_000, lines::add);
        String face = "\uD83D\uDE00";
        follower.accept(page(null, event(1, "x" + face.repeat(20_000) + "\n")), () -> true);
        assertThat(lines)
                .allSatisfy(line -> assertThat(line.codePoints().allMatch(c -> c == 'x' || c == face.codePointAt(0)))
                        .isTrue());
        assertThat(String.join("", lines)).isEqualTo("x" + face.repeat(20_000));
    }

    private static Page<ExecutionEvent> page(String next, ExecutionEvent... events) {
        return new Page<>(List.of(events), next);
    }

    private static ExecutionEvent event(long sequence, String chunk) {
        return new ExecutionEvent(sequence, "stdout", null, chunk, null, null, null, null, null);
    }
}
