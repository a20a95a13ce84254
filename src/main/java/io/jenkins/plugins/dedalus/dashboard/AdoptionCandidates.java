package io.jenkins.plugins.dedalus.dashboard;

import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.view.MachineStatusCache;
import io.jenkins.plugins.dedalus.view.PageTimeout;
import java.time.Duration;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The machines that an unanswered create may have made, for a person to choose from. */
@Restricted(NoExternalUse.class)
public final class AdoptionCandidates {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final List<Machine> machines;
    private final String problem;

    private AdoptionCandidates(List<Machine> machines, String problem) {
        this.machines = machines;
        this.problem = problem;
    }

    static AdoptionCandidates of(PreviewRecord record) {
        var read = MachineStatusCache.get().candidates(record.key(), PageTimeout.of(PATIENCE));
        return new AdoptionCandidates(read.value() == null ? List.of() : read.value(), read.problem());
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
