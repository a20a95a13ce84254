package io.jenkins.plugins.dedalus.preview.wake;

import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;

/** What phases mean to us. */
public final class MachineStates {
    private MachineStates() {}

    /** Wiped, as a read says; the only proof of it beside a 404. */
    public static boolean isGone(Machine machine) {
        return machine.phase().equals(MachinePhase.DESTROYED);
    }

    /** Never comes back. A failure that Dedalus calls retryable is not the end: the data may still be there. */
    public static boolean isLost(Machine machine) {
        return isGone(machine)
                || machine.phase().equals(MachinePhase.DESTROYING)
                || (machine.phase().equals(MachinePhase.FAILED) && !mayRecover(machine));
    }

    /** Failed, but worth another wake. */
    public static boolean mayRecover(Machine machine) {
        return machine.phase().equals(MachinePhase.FAILED)
                && Boolean.TRUE.equals(machine.status().retryable());
    }

    /** What is to be said of its memory: that a change of it has not happened; null where there is nothing. */
    public static String memoryTrouble(Machine machine) {
        String state = machine.status().memoryResizeState();
        if ("pending_capacity".equals(state)) {
            return "waits until Dedalus has memory for its new size";
        }
        return "error".equals(state) ? "did not get its new size: Dedalus failed to change its memory" : null;
    }

    /** The phase with the platform's reason, for sentences. */
    public static String describe(Machine machine) {
        String reason = machine.status().reason();
        return machine.phase().value() + (reason == null || reason.isBlank() ? "" : " (" + reason + ")");
    }
}
