package io.jenkins.plugins.dedalus.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The engine under seeded time, faults and crashes; see the package's description. */
class SimulationTest {
    private static final int SEEDS = 300;
    private static final int ACTIONS = 60;
    private final EngineLog.Quiet quiet = EngineLog.quiet();

    @AfterEach
    void others() {
        quiet.close();
    }

    @Test
    void noSeedBreaksARule() {
        List<Outcome> failing = LongStream.rangeClosed(1, SEEDS)
                .parallel()
                .mapToObj(seed -> Simulator.play(Scenario.of(seed, ACTIONS)))
                .filter(outcome -> !outcome.holds())
                .limit(1)
                .toList();
        assertThat(failing).extracting(Report::of).isEmpty();
    }

    @Test
    void theSameSeedPlaysTheSame() {
        List<String> once = Simulator.play(Scenario.of(7, ACTIONS), true).trace();
        List<String> again = Simulator.play(Scenario.of(7, ACTIONS), true).trace();
        assertThat(again).hasSameSizeAs(once);
    }
}
