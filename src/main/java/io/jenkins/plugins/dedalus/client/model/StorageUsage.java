package io.jenkins.plugins.dedalus.client.model;

import java.time.Instant;

/**
 * One row of the storage breakdown.
 *
 * @param machineId the machine
 * @param bucketStart start of the row's time, inclusive; may be null
 * @param bucketEnd end of the row's time, exclusive; may be null
 * @param storageMibSeconds storage MiB times seconds
 */
public record StorageUsage(String machineId, Instant bucketStart, Instant bucketEnd, long storageMibSeconds) {}
