package io.jenkins.plugins.dedalus.view;

import java.util.Locale;

/**
 * What a machine used since the month began (UTC).
 *
 * @param awakeSeconds seconds awake
 * @param millicoreSeconds vCPU millicores times seconds
 * @param memoryMibSeconds memory MiB times seconds
 * @param storageMibSeconds storage MiB times seconds
 */
public record MachineUsage(long awakeSeconds, long millicoreSeconds, long memoryMibSeconds, long storageMibSeconds) {
    /** List prices in USD, autumn 2026. */
    private static final double VCPU_HOUR = 0.04536;

    private static final double MEMORY_GIB_HOUR = 0.01458;
    private static final double STORAGE_GIB_HOUR = 0.0001;
    private static final double HOUR = 3600;
    private static final double GIB = 1024;
    private static final double CORE = 1000;

    public static final MachineUsage NONE = new MachineUsage(0, 0, 0, 0);

    public MachineUsage plus(MachineUsage other) {
        return new MachineUsage(
                awakeSeconds + other.awakeSeconds,
                millicoreSeconds + other.millicoreSeconds,
                memoryMibSeconds + other.memoryMibSeconds,
                storageMibSeconds + other.storageMibSeconds);
    }

    /** What that costs at list prices, in USD; plans and discounts are not known here. */
    public double dollars() {
        return millicoreSeconds / CORE / HOUR * VCPU_HOUR
                + memoryMibSeconds / GIB / HOUR * MEMORY_GIB_HOUR
                + storageMibSeconds / GIB / HOUR * STORAGE_GIB_HOUR;
    }

    /** For people: {@code $1.23}; what is less than a cent but not nothing says so. */
    public String cost() {
        double dollars = dollars();
        if (dollars > 0 && dollars < 0.01) {
            return "< $0.01";
        }
        return String.format(Locale.ROOT, "$%.2f", dollars);
    }
}
