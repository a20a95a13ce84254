package io.jenkins.plugins.dedalus.client.model;

/**
 * What to ask for when a machine is made.
 *
 * @param vcpu virtual CPUs, fractions allowed
 * @param memoryMib memory in MiB
 * @param storageGib storage in GiB; it can grow later, never shrink
 * @param autosleep idle time until the machine sleeps, such as {@code 30s}, {@code 15m}, {@code 7d3h4s}, raw seconds or
 *     {@code never}; null: the platform's default (5m)
 */
public record MachineCreate(double vcpu, int memoryMib, int storageGib, String autosleep) {}
