package io.jenkins.plugins.dedalus.preview.model;

import java.time.Instant;

/**
 * The machine a record owns, as last asked for.
 *
 * @param machineId Dedalus' id
 * @param vcpu virtual CPUs
 * @param memoryMib memory in MiB
 * @param storageGib storage in GiB
 * @param autosleep in the API's notation
 * @param since when it was recorded
 */
public record MachineInfo(
        String machineId, double vcpu, int memoryMib, int storageGib, String autosleep, Instant since) {}
