package io.jenkins.plugins.dedalus.client.model;

import java.time.Instant;

/**
 * How a machine does, as the server last said.
 *
 * @param phase never null; {@link MachinePhase#UNKNOWN} where the server sent none
 * @param reason why it is in that phase, such as {@code NoReadyHosts}; may be null
 * @param retryable whether the platform keeps trying; may be null
 * @param revision changes with every change of the machine; null in generation 3's short answers
 * @param lastTransitionAt when the phase last changed; may be null
 * @param lastProgressAt when the platform last made progress; may be null
 * @param lastError the last error in words; may be null
 * @param memoryConfiguredMib memory in MiB that the platform accepted, its own increases included; null where not said
 * @param memoryResizeState {@code stable}, {@code error} or {@code pending_capacity}; null where not said
 */
public record MachineStatus(
        MachinePhase phase,
        String reason,
        Boolean retryable,
        String revision,
        Instant lastTransitionAt,
        Instant lastProgressAt,
        String lastError,
        Integer memoryConfiguredMib,
        String memoryResizeState) {

    /** Replaces a missing phase. */
    public MachineStatus {
        phase = phase == null ? MachinePhase.UNKNOWN : phase;
    }

    /** A status of which only the phase is known. */
    public static MachineStatus of(MachinePhase phase) {
        return new MachineStatus(phase, null, null, null, null, null, null, null, null);
    }
}
