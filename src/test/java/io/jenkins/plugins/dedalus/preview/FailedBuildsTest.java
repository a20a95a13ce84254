package io.jenkins.plugins.dedalus.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.error.ScriptFailedException;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.wake.Awake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a build that failed leaves behind for those who open the preview. */
class FailedBuildsTest {
    private static final String START_FAILED = "The last build failed: its start script ended with exit code ";

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

    private PreviewRecord fails(PreviewSpec spec, long order) {
        assertThatThrownBy(() -> bench.ready(Bench.request(spec, order, Bench.COMMIT_B)))
                .isInstanceOf(ScriptFailedException.class);
        return bench.ledger.get(Bench.KEY).orElseThrow();
    }

    @Test
    void aStartThatFailsTakesTheCommitBeforeOffTheAirUntilABuildSucceeds() {
        PreviewRecord good = bench.ready(Bench.request(Bench.spec().build(), 1, Bench.COMMIT_A));
        assertThat(good.served()).isTrue();
        assertThat(good.told()).isNull();

        PreviewRecord failed = fails(Bench.spec().start("exit 3").build(), 2);
        assertThat(failed.state()).isEqualTo(PreviewState.FAILED);
        assertThat(failed.served()).isFalse();
        assertThat(failed.told()).startsWith(START_FAILED).doesNotContain(failed.machineId());
        assertThat(failed.commit()).as("what served last").isEqualTo(Bench.COMMIT_A);

        PreviewRecord again = fails(Bench.spec().deploy("exit 4").build(), 3);
        assertThat(again.served()).as("nothing was started since").isFalse();
        assertThat(again.told()).isEqualTo("The last build failed: its deploy script ended with exit code 4.");

        bench.restart();
        PreviewRecord mended = bench.ready(Bench.request(Bench.spec().build(), 4, Bench.COMMIT_A));
        assertThat(mended.served()).isTrue();
        assertThat(mended.told()).isNull();
    }

    @Test
    void aDeployThatFailsLeavesTheCommitBeforeOnTheAir() {
        bench.ready(Bench.request(Bench.spec().build(), 1, Bench.COMMIT_A));

        PreviewRecord failed = fails(Bench.spec().deploy("exit 4").build(), 2);

        assertThat(failed.state()).isEqualTo(PreviewState.FAILED);
        assertThat(failed.served()).isTrue();
    }

    @Test
    void whoWaitsForAnAppWhoseBuildFailsHearsOfItThen() {
        PreviewRecord good = bench.ready(Bench.request(Bench.spec().build(), 1, Bench.COMMIT_A));
        bench.gate.drop(good.machineId());
        String waits = "touch ~/begun; while [ ! -e ~/go ]; do sleep 0.1; done; exit 3";
        CompletableFuture<PreviewRecord> build = bench.ensure(
                        Bench.request(Bench.spec().start(waits).build(), 2, Bench.COMMIT_B))
                .result();
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> Files.exists(bench.living().get(0).home().resolve("begun")));
        bench.gate.drop(good.machineId());
        CompletableFuture<Awake> viewer =
                bench.gate.wake(good.wakeTarget(good.mainPort().name()));
        bench.letGo();

        assertThat(build).failsWithin(Duration.ofMinutes(1));
        assertThat(viewer)
                .failsWithin(Duration.ofMinutes(1))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .asInstanceOf(InstanceOfAssertFactories.type(WakeFailedException.class))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(WakeFailedException.Kind.GONE));
    }

    @Test
    void aFirstBuildThatFailsNeverServed() {
        PreviewRecord failed = fails(Bench.spec().setup("exit 9").build(), 1);

        assertThat(failed.served()).isFalse();
        assertThat(failed.told()).isEqualTo("The last build failed: its setup script ended with exit code 9.");
    }

    @Test
    void otherFailuresAreToldByWhereTheyHappenedAlone() {
        bench.emulator.faults().add(Fault.apiError("POST", "/v1/machines", 403, "AUTH_SCOPE_FORBIDDEN"));

        assertThatThrownBy(() -> bench.ready(Bench.request(Bench.spec().build(), 1, Bench.COMMIT_A)))
                .hasMessageContaining("AUTH_SCOPE_FORBIDDEN");

        assertThat(bench.ledger.get(Bench.KEY).orElseThrow().told())
                .isEqualTo("The last build failed: it ended while creating the machine.");
    }
}
