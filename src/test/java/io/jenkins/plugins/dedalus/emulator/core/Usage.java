package io.jenkins.plugins.dedalus.emulator.core;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** What machines used, from when they were awake. CPU counts as fully used while awake. */
public final class Usage {
    private static final int MILLICORES = 1000;
    private static final int MIB_PER_GIB = 1024;

    /** One machine in one bucket of time; the end is exclusive. */
    public record Row(
            String machineId,
            Instant start,
            Instant end,
            double vcpu,
            int memoryMib,
            int storageGib,
            long awakeSeconds,
            long cpuMillicoreSeconds,
            long memoryMibSeconds,
            long storageMibSeconds) {}

    private final World world;
    private final MachineService machines;

    Usage(World world, MachineService machines) {
        this.world = world;
        this.machines = machines;
    }

    /** Now, for those who ask for the period up to it. */
    public Instant now() {
        return world.now();
    }

    /**
     * Rows of the machines that existed, oldest first; buckets without use are left out.
     *
     * @param machineId only this one; null: all
     * @param bucket hours or days
     */
    public List<Row> rows(String machineId, ChronoUnit bucket, Instant from, Instant to) {
        List<Row> rows = new ArrayList<>();
        for (Machine machine : machines.all()) {
            if (machineId != null && !machineId.equals(machine.id)) {
                continue;
            }
            Instant first = machine.createdAt.isAfter(from) ? machine.createdAt : from;
            Instant now = world.now();
            for (Instant start = first.truncatedTo(bucket);
                    start.isBefore(to) && !start.isAfter(now);
                    start = start.plus(1, bucket)) {
                rows.add(row(machine, start, start.plus(1, bucket), now));
            }
        }
        rows.removeIf(row -> row.storageMibSeconds() == 0
                && row.awakeSeconds() == 0
                && row.start().isAfter(from));
        return rows;
    }

    private static Row row(Machine machine, Instant start, Instant end, Instant now) {
        synchronized (machine) {
            double awake = machine.awake.seconds(start, end, now);
            Instant gone = machine.destroyedAt == null ? now : machine.destroyedAt;
            Instant first = machine.createdAt.isAfter(start) ? machine.createdAt : start;
            Instant last = gone.isBefore(end) ? gone : end;
            long kept = Math.max(0, Duration.between(first, last).toSeconds());
            return new Row(
                    machine.id,
                    start,
                    end,
                    machine.vcpu,
                    machine.memoryMib,
                    machine.storageGib,
                    Math.round(awake),
                    Math.round(awake * machine.vcpu * MILLICORES),
                    Math.round(awake * machine.memoryMib),
                    kept * machine.storageGib * MIB_PER_GIB);
        }
    }

    /** Storage of all machines now, in GiB. */
    public int provisionedStorageGib() {
        return machines.list().stream()
                .mapToInt(machine -> machine.view().storageGib())
                .sum();
    }
}
