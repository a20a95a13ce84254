package io.jenkins.plugins.dedalus.preview;

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
 */
public record MachineIntent(
        String idempotencyKey, double vcpu, int memoryMib, int storageGib, String autosleep, Instant at) {}
