package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Tells a person which machines an unanswered create may have made. */
final class Candidates {
    private Candidates() {}

    static String describe(Optional<PreviewRecord> record, List<Machine> machines) {
        if (record.map(PreviewRecord::creation).isEmpty()) {
            return "Every create was answered; there is nothing to adopt.";
        }
        if (machines.isEmpty()) {
            return "No machine of the account fits the create that was not answered. Say so with --none.";
        }
        return "The create that was not answered may have made "
                + machines.stream()
                        .map(machine -> machine.machineId() + " (made " + machine.createdAt() + ")")
                        .collect(Collectors.joining(", or "))
                + ". Say which with adopt PREVIEW MACHINE, or with --none that none of them is this preview's.";
    }
}
