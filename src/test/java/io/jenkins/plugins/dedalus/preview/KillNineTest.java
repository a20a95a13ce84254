package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.preview.engine.CrashSeam;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.LifecycleSettings;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process dies at every step between an intent and its record. After the restart there is no second machine, no orphan
 * and no lost record, and everything closes. The steps are found by counting until a run completes, not listed by hand.
 */
class KillNineTest {
    static final PreviewSpec SPEC = PreviewSpec.builder()
            .visibility(io.jenkins.plugins.dedalus.client.model.Visibility.PRIVATE)
            .deploy("echo deployed")
            .build();
    /** The same without a script, where the script's steps are not what is looked at. */
    static final PreviewSpec BARE = PreviewSpec.builder()
            .visibility(io.jenkins.plugins.dedalus.client.model.Visibility.PRIVATE)
            .build();

    static final LifecycleSettings FAST =
            LifecycleSettings.DEFAULT.withPoll(Duration.ofMillis(5), Duration.ofMillis(20));
    private static final int MORE_STEPS_THAN_THERE_ARE = 500;

    @TempDir
    Path directory;

    private Bench bench;
    private final Set<String> reached = new TreeSet<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(
                directory,
                EmulatorConfig.builder()
                        .bootDelay(Duration.ofMillis(1))
                        .machineQuota(10_000)
                        .namespaces(false));
        bench.settings = FAST;
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void diesAtEveryStepOfAnEnsureAndGoesOn() {
        int steps = enumerate(step -> {
            boolean completed = dieWhile(step, () -> bench.ensure(Bench.request(SPEC, step, COMMIT_A)));
            if (!completed) {
                long made = bench.emulator.machines().size();
                PreviewRecord record = bench.ready(Bench.request(SPEC, step, COMMIT_A));
                assertThat(record.state()).isEqualTo(PreviewState.READY);
                assertThat(bench.living())
                        .as("machines after dying at " + last())
                        .hasSize(1);
                assertThat(bench.living().get(0).id()).isEqualTo(record.machineId());
                assertThat(bench.emulator.machines().size() - made)
                        .as("made after dying at " + last())
                        .isLessThanOrEqualTo(1);
            }
            closeAndCheck();
            return completed;
        });
        assertThat(steps).isGreaterThan(30);
        assertThat(reached)
                .contains("before create", "after create", "before expose", "after expose", "ledger: renamed");
    }

    @Test
    void diesAtEveryStepOfAnEnsureAndIsTakenDownInstead() {
        enumerate(step -> {
            boolean completed = dieWhile(step, () -> bench.ensure(Bench.request(BARE, step, COMMIT_A)));
            closeAndCheck();
            return completed;
        });
    }

    @Test
    void diesAtEveryStepOfATeardownAndTheReconcilerFinishesIt() {
        bench.settings = FAST.withTombstone(Duration.ZERO);
        int steps = enumerate(step -> {
            bench.ready(Bench.request(BARE, step, COMMIT_A));
            boolean completed =
                    dieWhile(step, () -> bench.lifecycle.teardown(KEY, Teardown.now("closed"), bench.listener));
            if (!completed && bench.lifecycle.status(KEY).isPresent()) {
                boolean closing = bench.lifecycle.status(KEY).get().state() == PreviewState.CLOSING
                        || bench.lifecycle.status(KEY).get().state() == PreviewState.CLOSED;
                assertThat(new Reconciler(bench.lifecycle).runOnce().join().problems())
                        .allMatch(problem -> problem.contains("unfinished write"));
                bench.lifecycle.running(KEY).ifPresent(Bench::await);
                if (!closing) {
                    // It died before the teardown was written down: whoever asked asks again.
                    bench.down();
                }
            }
            assertNothingLeft();
            return completed;
        });
        assertThat(steps).isGreaterThan(10);
        assertThat(reached).contains("before delete", "after delete", "before confirm", "ledger: deleted");
    }

    /** Some thirty processes, one after the other: on a machine with ten others at work that takes seven minutes. */
    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void realProcessesAreKilledWhileTheyCreateExposeAndDelete() throws Exception {
        bench.stop();
        int order = 0;
        for (String mode : List.of("ensure", "teardown")) {
            int step = 1;
            boolean killed = true;
            while (killed) {
                assertThat(step).isLessThan(60);
                order++;
                if (mode.equals("teardown")) {
                    bench.open();
                    bench.ready(Bench.request(BARE, order, COMMIT_A));
                    bench.stop();
                }
                killed = runChild(mode, step, order) == KillNineChild.KILLED;
                bench.open();
                if (mode.equals("ensure")) {
                    bench.ready(Bench.request(BARE, order, COMMIT_A));
                    assertThat(bench.living())
                            .as("machines after " + mode + " step " + step)
                            .hasSize(1);
                }
                closeAndCheck();
                bench.stop();
                step++;
            }
            assertThat(step).isGreaterThan(4);
        }
        bench.open();
    }

    private int runChild(String mode, int step, int order) throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KillNineChild.class.getName(),
                        bench.emulator.baseUrl().toString(),
                        bench.emulator.apiKey(),
                        bench.ledgerDirectory.toString(),
                        mode,
                        Integer.toString(step),
                        Integer.toString(order))
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as(said).isIn(0, KillNineChild.KILLED);
        return child.exitValue();
    }

    /** Runs until a run gets through; returns how many steps there were. */
    private int enumerate(java.util.function.IntPredicate run) {
        for (int step = 1; step < MORE_STEPS_THAN_THERE_ARE; step++) {
            if (run.test(step)) {
                return step;
            }
        }
        throw new AssertionError("the steps do not end: " + reached);
    }

    /** Abandons the engine at its n-th step, as if its process were gone, and starts another on the same ledger. */
    private boolean dieWhile(int step, java.util.function.Supplier<PreviewOperation> begin) {
        seen.clear();
        DyingSeam dying = new DyingSeam(step, seen);
        bench.stop();
        bench.seam = dying;
        bench.open();
        Throwable failure =
                begin.get().result().handle((done, thrown) -> thrown).join();
        bench.stop();
        bench.seam = CrashSeam.NONE;
        bench.open();
        reached.addAll(seen);
        assertThat(failure == null || dying.dead()).as(String.valueOf(failure)).isTrue();
        return !dying.dead();
    }

    private String last() {
        return seen.isEmpty() ? "the begin" : seen.get(seen.size() - 1) + ", step " + seen.size();
    }

    private void closeAndCheck() {
        bench.down();
        assertNothingLeft();
    }

    private void assertNothingLeft() {
        assertThat(bench.living()).as("machines left after dying at " + last()).isEmpty();
        assertThat(bench.lifecycle.list())
                .as("records left after dying at " + last())
                .isEmpty();
    }

    /** Lets nothing happen from the n-th step on. */
    private static final class DyingSeam implements CrashSeam {
        private final int step;
        private final List<String> seen;
        private boolean dead;

        DyingSeam(int step, List<String> seen) {
            this.step = step;
            this.seen = seen;
        }

        @Override
        public synchronized void reach(String point) {
            // What is on the disk here is what was there at the step before.
            boolean same = point.equals("ledger: directory forced") || point.equals("ledger: before writing");
            if (!dead && !same) {
                seen.add(point);
                dead = seen.size() >= step;
            }
            if (dead) {
                throw new ProcessIsGone();
            }
        }

        synchronized boolean dead() {
            return dead;
        }
    }

    /** What a dead process does: nothing. */
    private static final class ProcessIsGone extends Error {
        private static final long serialVersionUID = 1L;

        ProcessIsGone() {
            super("the process is gone", null, false, false);
        }
    }
}
