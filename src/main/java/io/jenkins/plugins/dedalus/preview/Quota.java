package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.Machine;
import io.jenkins.plugins.dedalus.client.MachinePhase;
import io.jenkins.plugins.dedalus.client.RequestOptions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The cap on machines that this ledger may own. Says which preview could be closed; closes none. */
final class Quota {
    private Quota() {}

    /** Throws {@link QuotaException} if one more machine would be too many. */
    static void check(EngineParts parts, PreviewRecord asking, RequestOptions options) {
        int cap = parts.settings().maxMachines();
        if (cap <= 0) {
            return;
        }
        List<PreviewRecord> owners = parts.ledger().list().stream()
                .filter(record -> !record.key().equals(asking.key()))
                .filter(record -> record.machine() != null || record.creation() != null)
                .toList();
        if (owners.size() < cap) {
            return;
        }
        Map<String, MachinePhase> phases = parts.client().machines().listAll(options).stream()
                .collect(Collectors.toMap(Machine::machineId, Machine::phase, (a, b) -> a));
        throw new QuotaException("Preview " + asking.key().id() + " needs a machine, but all " + cap
                + " allowed ones are in use. " + suggestion(owners, phases));
    }

    /** The oldest sleeping one first, then the oldest. */
    static String suggestion(List<PreviewRecord> owners, Map<String, MachinePhase> phases) {
        Comparator<PreviewRecord> sleepingFirst =
                Comparator.comparing(record -> !MachinePhase.SLEEPING.equals(phases.get(record.machineId())));
        Optional<PreviewRecord> candidate = owners.stream()
                .min(sleepingFirst.thenComparing(
                        record -> record.updatedAt() == null ? Instant.MIN : record.updatedAt()));
        return candidate
                .map(record -> "Close one you don't need; "
                        + record.key().id() + " (" + record.key().describe() + ") is "
                        + (MachinePhase.SLEEPING.equals(phases.get(record.machineId())) ? "asleep and " : "")
                        + "unchanged since " + record.updatedAt() + ".")
                .orElse("Raise the limit, or close a preview.");
    }
}
