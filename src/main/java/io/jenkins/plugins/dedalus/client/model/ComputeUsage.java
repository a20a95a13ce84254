package io.jenkins.plugins.dedalus.client.model;

import java.time.Instant;

/**
 * One row of the compute breakdown.
 *
 * @param machineId the machine
 * @param bucketStart start of the row's time, inclusive; may be null
 * @param bucketEnd end of the row's time, exclusive; may be null
 * @param awakeSeconds seconds the machine was awake
 * @param cpuMillicoreSeconds vCPU millicores times active seconds
 * @param memoryMibSeconds memory MiB times running seconds
 */
public record ComputeUsage(
        String machineId,
        Instant bucketStart,
        Instant bucketEnd,
        long awakeSeconds,
        long cpuMillicoreSeconds,
        long memoryMibSeconds) {}
