package io.jenkins.plugins.dedalus.preview.model;

import java.time.Instant;

/**
 * A machine about to be made: on disk before the call, and exactly this is sent again after a crash.
 *
 * @param idempotencyKey sent with every try
 * @param vcpu the body's vcpu
 * @param memoryMib the body's memory_mib
 * @param storageGib the body's storage_gib
 * @param autosleep the body's autosleep
 * @param at when it was written down
 * @param serverTime whether {@code at} is the server's time, so that it can be compared with when machines were made; else
 *     it is what the clock of this machine said
 */
public record MachineIntent(
        String idempotencyKey,
        double vcpu,
        int memoryMib,
        int storageGib,
        String autosleep,
        Instant at,
        boolean serverTime) {}
