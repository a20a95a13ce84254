package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.command.ExecHandle;
import io.jenkins.plugins.dedalus.preview.command.ExecRequest;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import io.jenkins.plugins.dedalus.preview.wake.Awake;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import io.jenkins.plugins.dedalus.preview.wake.WakeListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever those who are called throw, nobody waits for ever, and the engine comes to rest. */
class CallbacksTest {
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
    void anOutputListenersErrorEndsTheListening() {
        bench.ready(Bench.request(OneAtATimeTest.noApp("mkdir -p app"), 1, COMMIT_A));
        ExecHandle exec =
                bench.lifecycle.exec(KEY, ExecRequest.script("error-001", "echo loud"), (text, err, after) -> {
                    throw new BrokenCallback();
                });
        assertThatThrownBy(() -> exec.result().get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(BrokenCallback.class);
        comesToRest();
    }

    @Test
    void aProgressListenersErrorDisturbsNothing() {
        PreviewOperation build =
                bench.lifecycle.ensure(Bench.request(OneAtATimeTest.noApp("echo loud"), 1, COMMIT_A), progress -> {
                    throw new BrokenCallback();
                });
        assertThat(Bench.await(build).state()).isEqualTo(PreviewState.READY);
        comesToRest();
    }

    @Test
    void anErrorWhileAFailureIsWrittenDownLeavesNobodyWaiting() {
        AtomicBoolean asked = new AtomicBoolean();
        bench.seam = point -> {
            if (asked.get()) {
                throw new BrokenCallback();
            }
            asked.set(point.equals("before create"));
        };
        bench.restart();
        bench.emulator.faults().add(Fault.api(1, "POST", "/v1/machines", 401, "AUTH_INVALID", 0));
        PreviewOperation build = bench.ensure(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A));
        assertThatThrownBy(() -> build.result().get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(BrokenCallback.class);
        comesToRest();
    }

    @Test
    void aBrokenWakeListenerHoldsUpNoWake() throws Exception {
        PreviewRecord record = bench.ready(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A));
        try (WakeGate gate = WakeGate.builder()
                .client(bench.client)
                .listener(new BrokenListener())
                .build()) {
            WakeTarget target = new WakeTarget(record.machineId(), Duration.ofMinutes(5), null, null, null, false);
            assertThat(gate.wake(target).get(60, TimeUnit.SECONDS).believed()).isFalse();
            assertThat(gate.waiters()).isZero();
        }
    }

    @Test
    void aBrokenProbeFailsTheWake() {
        PreviewRecord record = bench.ready(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A));
        try (WakeGate gate = WakeGate.builder()
                .client(bench.client)
                .probe((upstream, path, restricted, timeout) -> {
                    throw new BrokenCallback();
                })
                .build()) {
            CompletableFuture<Awake> wake = gate.wake(record.wakeTarget("web"));
            assertThatThrownBy(() -> wake.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(WakeFailedException.class);
            assertThat(gate.waiters()).isZero();
        }
    }

    /** The engine lets an error out to its thread too, which is of no concern here. */
    private void comesToRest() {
        await().dontCatchUncaughtExceptions().until(() -> !bench.lifecycle.busy());
    }

    private static final class BrokenCallback extends Error {
        private static final long serialVersionUID = 1L;

        BrokenCallback() {
            super("a callback that a test broke");
        }
    }

    private static final class BrokenListener implements WakeListener {
        @Override
        public void wakeStarted(String machineId) {
            throw new BrokenCallback();
        }

        @Override
        public void wakeCalled(String machineId) {
            throw new IllegalStateException("broken");
        }

        @Override
        public void wakeEnded(String machineId, Duration took, WakeFailedException failure) {
            throw new BrokenCallback();
        }

        @Override
        public void waiters(int waiting) {
            throw new IllegalStateException("broken");
        }
    }
}
