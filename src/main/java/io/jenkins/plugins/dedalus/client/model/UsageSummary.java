package io.jenkins.plugins.dedalus.client.model;

/**
 * What the organisation used in the billing period. Fields the server leaves out are zero or null.
 *
 * @param planSlug the plan in effect; may be null
 * @param billedAwakeSeconds machine-awake seconds
 * @param billedCpuMillicoreSeconds vCPU millicores times active seconds
 * @param billedMemoryMibSeconds memory MiB times running seconds
 * @param billedLogicalStorageMibSeconds storage MiB times seconds
 * @param includedStorageGib storage the plan includes, GiB
 * @param provisionedStorageGib storage of all machines now, GiB
 */
public record UsageSummary(
        String planSlug,
        long billedAwakeSeconds,
        long billedCpuMillicoreSeconds,
        long billedMemoryMibSeconds,
        long billedLogicalStorageMibSeconds,
        long includedStorageGib,
        long provisionedStorageGib) {}
