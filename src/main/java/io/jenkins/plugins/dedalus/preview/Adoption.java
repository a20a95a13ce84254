package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.MachineIntent;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.operation.EngineContext;
import java.util.List;
import java.util.stream.Collectors;

/** Gives a preview the machine that its unanswered create made, as a person says. Thread-safe. */
final class Adoption {
    private final EngineContext parts;

    Adoption(EngineContext parts) {
        this.parts = parts;
    }

    /** One at a time over all previews: two may ask for the same machine, and both lists held it. */
    synchronized void adopt(PreviewKey key, String machineId, List<Machine> candidates) {
        PreviewRecord record = parts.ledger().get(key).orElse(null);
        if (record == null || record.creation() == null) {
            throw new PreviewException("Preview " + key.id() + " has no unanswered create.");
        }
        if (machineId != null
                && candidates.stream().noneMatch(machine -> machine.machineId().equals(machineId))) {
            throw new PreviewException("Machine " + machineId + " can't be that of preview " + key.id()
                    + ": it is another preview's, of another size, older than the create, or gone. Candidates: "
                    + (candidates.isEmpty()
                            ? "none"
                            : candidates.stream().map(Machine::machineId).collect(Collectors.joining(", ")))
                    + ".");
        }
        if (machineId != null && parts.owned().contains(MachineIds.canonical(machineId))) {
            throw new PreviewException("Machine " + machineId + " belongs to a preview already.");
        }
        MachineIntent made = record.creation();
        MachineInfo adopted = machineId == null
                ? record.machine()
                : new MachineInfo(
                        machineId, made.vcpu(), made.memoryMib(), made.storageGib(), made.autosleep(), parts.now());
        parts.ledger()
                .put(record.toBuilder()
                        .machine(adopted)
                        .creation(null)
                        .problem(null)
                        .updatedAt(parts.now())
                        .build());
    }
}
