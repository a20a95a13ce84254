package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.MachineIntent;
import io.jenkins.plugins.dedalus.preview.wake.MachineStates;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Logger;

/**
 * Machines of the account that no record of a ledger answers for, e.g. because a record was lost. They are named to people and
 * never touched: another process may own them. Thread-safe.
 */
final class Orphans {
    private static final Logger LOGGER = Logger.getLogger(Orphans.class.getName());

    private final PreviewLedger ledger;
    private final Set<String> told = new HashSet<>();
    private volatile int count;

    Orphans(PreviewLedger ledger) {
        this.ledger = ledger;
    }

    /** Those among the machines, which were listed before this is called; what an unanswered create may have made is none. */
    List<Machine> among(List<Machine> machines) {
        Set<String> owned = ledger.machines();
        List<MachineIntent> pending = ledger.list().stream()
                .map(PreviewRecord::creation)
                .filter(Objects::nonNull)
                .toList();
        return machines.stream()
                .filter(machine -> !owned.contains(MachineIds.canonical(machine.machineId())))
                .filter(machine -> !MachineStates.isGone(machine))
                .filter(machine -> pending.stream().noneMatch(intent -> mayBeOf(intent, machine)))
                .toList();
    }

    private static boolean mayBeOf(MachineIntent intent, Machine machine) {
        return machine.createdAt() == null
                || !machine.createdAt().isBefore(intent.at().minusSeconds(60));
    }

    /** Logs each once in this process, and counts them. */
    synchronized void tell(List<Machine> found) {
        count = found.size();
        Set<String> ids = new HashSet<>();
        for (Machine machine : found) {
            ids.add(machine.machineId());
            if (told.add(machine.machineId())) {
                LOGGER.warning(sentence(machine));
            }
        }
        told.retainAll(ids);
    }

    /** How many there were when somebody looked last. */
    int count() {
        return count;
    }

    static String describe(Machine machine) {
        return machine.machineId() + ", " + MachineStates.describe(machine) + ", made " + machine.createdAt();
    }

    static String sentence(Machine machine) {
        return "No preview here owns machine " + describe(machine)
                + ". If no other router, Jenkins or person uses it, delete it in Dedalus' console: it costs money.";
    }
}
