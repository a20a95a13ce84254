package io.jenkins.plugins.dedalus.client.model;

import java.time.Instant;

/**
 * A Dedalus machine, read tolerantly: whatever the server leaves out is null, zero or {@code unknown}.
 *
 * @param machineId as the server wrote it ({@code dm-…} or a bare UUID), never null
 * @param vcpu virtual CPUs
 * @param memoryMib memory in MiB
 * @param storageGib storage in GiB
 * @param autosleepSeconds idle seconds until it sleeps, 0: never; null where not said
 * @param desiredState where the platform moves it; {@link DesiredState#UNKNOWN} where not said
 * @param status never null; generation 3's top-level phase is read into it
 * @param createdAt present in lists, otherwise often null
 */
public record Machine(
        String machineId,
        double vcpu,
        int memoryMib,
        int storageGib,
        Long autosleepSeconds,
        DesiredState desiredState,
        MachineStatus status,
        Instant createdAt) {

    /** Replaces missing states by unknown ones. */
    public Machine {
        desiredState = desiredState == null ? DesiredState.UNKNOWN : desiredState;
        status = status == null ? MachineStatus.of(MachinePhase.UNKNOWN) : status;
    }

    /** The phase of the status, never null. */
    public MachinePhase phase() {
        return status.phase();
    }
}
