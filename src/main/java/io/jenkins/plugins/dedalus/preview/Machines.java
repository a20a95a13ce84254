package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.Machine;
import io.jenkins.plugins.dedalus.client.MachinePhase;
import io.jenkins.plugins.dedalus.client.NotFoundException;
import io.jenkins.plugins.dedalus.client.RequestOptions;

/** What phases mean to us. */
final class Machines {
    private Machines() {}

    /** Wiped, as a read says; the only proof of it beside a 404. */
    static boolean isGone(Machine machine) {
        return machine.phase().equals(MachinePhase.DESTROYED);
    }

    /** Reads a machine: whether it is wiped, by what the read says or because there is none. */
    static boolean isGone(EngineParts parts, String machineId, RequestOptions options) {
        try {
            return isGone(parts.client().machines().get(machineId, options));
        } catch (NotFoundException e) {
            return true;
        }
    }

    /** Never comes back. A failure that Dedalus calls retryable is not the end: the data may still be there. */
    static boolean isLost(Machine machine) {
        return isGone(machine)
                || machine.phase().equals(MachinePhase.DESTROYING)
                || (machine.phase().equals(MachinePhase.FAILED) && !mayRecover(machine));
    }

    /** Failed, but worth another wake. */
    static boolean mayRecover(Machine machine) {
        return machine.phase().equals(MachinePhase.FAILED)
                && Boolean.TRUE.equals(machine.status().retryable());
    }

    /** The phase with the platform's reason, for sentences. */
    static String describe(Machine machine) {
        String reason = machine.status().reason();
        return machine.phase().value() + (reason == null || reason.isBlank() ? "" : " (" + reason + ")");
    }
}
