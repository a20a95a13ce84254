package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.error.QuotaException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says which limit of machines is full, and which preview could be closed; closes none. */
final class Quota {
    private Quota() {}

    /** Writes down that a machine is being made; throws {@link QuotaException} if it would be too many. */
    static void reserve(EngineContext parts, PreviewKey asking, RequestOptions options, Runnable intend) {
        MachineLimits.Full full = parts.limits().reserve(asking, intend).orElse(null);
        if (full == null) {
            return;
        }
        // Asked outside of the limit's lock.
        Map<String, MachinePhase> phases = full.nameable().isEmpty()
                ? Map.of()
                : parts.client().machines().listAll(options).stream()
                        .collect(Collectors.toMap(
                                machine -> MachineIds.canonical(machine.machineId()), Machine::phase, (a, b) -> a));
        throw new QuotaException(
                "Preview " + asking.id() + " needs a machine, but " + full.reason() + ". " + suggestion(full, phases));
    }

    /** The oldest sleeping one first, then the oldest. */
    private static String suggestion(MachineLimits.Full full, Map<String, MachinePhase> phases) {
        Comparator<PreviewRecord> sleepingFirst = Comparator.comparing(
                record -> !MachinePhase.SLEEPING.equals(phases.get(MachineIds.canonical(record.machineId()))));
        Optional<PreviewRecord> candidate = full.nameable().stream()
                .min(sleepingFirst.thenComparing(
                        record -> record.updatedAt() == null ? Instant.MIN : record.updatedAt()));
        return candidate
                .map(record -> "Close one you don't need; "
                        + record.key().id() + " (" + record.key().describe() + ") is "
                        + (MachinePhase.SLEEPING.equals(phases.get(MachineIds.canonical(record.machineId())))
                                ? "asleep and "
                                : "")
                        + "unchanged since " + record.updatedAt() + ".")
                .orElse(full.advice());
    }
}
