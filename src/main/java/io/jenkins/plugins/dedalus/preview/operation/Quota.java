package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.error.QuotaException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.room.MachineLimits;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says which limit of machines is full, and which preview could be closed; closes none. */
final class Quota {
    private Quota() {}

    /** Says that there is no room; asks for the machines' phases. */
    static QuotaException refusal(
            EngineContext parts, PreviewKey asking, MachineLimits.Full full, RequestOptions options) {
        Map<String, MachinePhase> phases = full.nameable().isEmpty()
                ? Map.of()
                : parts.client().machines().listAll(options).stream()
                        .collect(Collectors.toMap(
                                machine -> MachineIds.canonical(machine.machineId()), Machine::phase, (a, b) -> a));
        return new QuotaException(
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
