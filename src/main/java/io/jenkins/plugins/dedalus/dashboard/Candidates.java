package io.jenkins.plugins.dedalus.dashboard;

import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import java.time.Duration;
import java.util.List;

/** The machines that an unanswered create may have made, for a person to choose from. */
public final class Candidates {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final List<Machine> machines;
    private final String problem;

    private Candidates(List<Machine> machines, String problem) {
        this.machines = machines;
        this.problem = problem;
    }

    static Candidates of(PreviewRecord record) {
        var read = MachineBoard.get().candidates(record.key(), Patience.of(PATIENCE));
        return new Candidates(read.value() == null ? List.of() : read.value(), read.problem());
    }

    /** The machines; empty if none fits, or if they could not be read. */
    public List<Machine> getMachines() {
        return machines;
    }

    /** Why they could not be read; null if they were. */
    public String getProblem() {
        return problem;
    }
}
