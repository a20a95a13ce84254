package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.SleepOutcome;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that should sleep is asked until it does, and not once a second. */
class BedtimeTest {
    private static final String SLEEP = "/v1/machines/{id}/sleep";

    @TempDir
    Path directory;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory, EmulatorConfig.builder().holdWindow(Duration.ofMinutes(5)));
        PreviewSpec sleepless = PreviewSpec.builder()
                .deploy("true")
                .autosleep("never")
                .visibility(Visibility.PRIVATE)
                .build();
        bench.ready(Bench.request(sleepless, 1, COMMIT_A));
        // The hold window begins with a wake.
        bench.client.machines().sleep(machine(), RequestOptions.none());
        await().until(() -> phase().equals("sleeping"));
        bench.client.machines().wake(machine(), RequestOptions.none());
        await().until(() -> phase().equals("running"));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void whatAPersonPutsToSleepSleepsAfterTheHoldWindow() {
        long before = asked();
        bench.time.skipLongWaits();
        SleepOutcome outcome = bench.lifecycle.sleep(KEY).join();
        assertThat(outcome.asked()).isFalse();
        assertThat(outcome.sentence()).contains("may not sleep yet").endsWith("it is asked again until it sleeps.");
        await().until(() -> phase().equals("sleeping"));
        assertThat(asked() - before).isEqualTo(2);
    }

    @Test
    void whoWakesItMeanwhileKeepsItAwake() {
        bench.lifecycle.sleep(KEY).join();
        bench.lifecycle.wake(KEY).join();
        bench.time.skipLongWaits();
        long before = asked();
        assertThat(bench.lifecycle.sleep(KEY).join().asked()).isFalse();
        bench.gate.seenActive(machine());
        await().until(() -> asked() > before);
        assertThat(phase()).isEqualTo("running");
    }

    @Test
    void aConfirmedClosingIsAskedAgainAtEachReconciliationUntilItSleeps() {
        asksUntilItSleeps(true);
    }

    @Test
    void anUnconfirmedClosingIsAskedAgainAtEachReconciliationUntilItSleeps() {
        asksUntilItSleeps(false);
    }

    private void asksUntilItSleeps(boolean confirmed) {
        Bench.await(
                bench.lifecycle.teardown(KEY, new Teardown("closed", Duration.ofDays(9), confirmed), bench.listener));
        assertThat(phase()).isEqualTo("running");
        Reconciler reconciler = new Reconciler(bench.lifecycle);
        assertThat(reconciler.runOnce().join().done())
                .singleElement()
                .asString()
                .contains("may not sleep yet");
        bench.time.pass(Duration.ofMinutes(6));
        assertThat(reconciler.runOnce().join().done())
                .singleElement()
                .asString()
                .contains("goes to sleep");
        await().until(() -> phase().equals("sleeping"));
        assertThat(reconciler.runOnce().join().done()).isEmpty();
    }

    @Test
    void aViewerOfAnUnconfirmedClosingIsLeftAloneForAnHour() {
        bench.time.pass(Duration.ofMinutes(6));
        Bench.await(bench.lifecycle.teardown(KEY, new Teardown("closed?", Duration.ofDays(9), false), bench.listener));
        await().until(() -> phase().equals("sleeping"));
        bench.lifecycle.wake(KEY).join();
        bench.time.pass(Duration.ofMinutes(30));
        Reconciler reconciler = new Reconciler(bench.lifecycle);
        assertThat(reconciler.runOnce().join().done()).isEmpty();
        bench.time.pass(Duration.ofMinutes(31));
        assertThat(reconciler.runOnce().join().done())
                .singleElement()
                .asString()
                .contains("goes to sleep");
        await().until(() -> phase().equals("sleeping"));
    }

    private String machine() {
        return bench.lifecycle.status(KEY).orElseThrow().machineId();
    }

    private String phase() {
        return bench.living().get(0).phase();
    }

    private long asked() {
        return bench.emulator.calls().count("POST", SLEEP);
    }
}
