package io.jenkins.plugins.dedalus.client.model;

/**
 * What to change on a machine; null leaves a value as it is.
 *
 * @param vcpu virtual CPUs
 * @param memoryMib memory in MiB
 * @param storageGib storage in GiB; the server refuses to shrink it
 * @param autosleep as in {@link MachineCreate}
 */
public record MachineUpdate(Double vcpu, Integer memoryMib, Integer storageGib, String autosleep) {}
