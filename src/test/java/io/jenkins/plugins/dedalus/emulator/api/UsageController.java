package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.emulator.core.Usage;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** {@code /v1/usage}. */
final class UsageController {
    private static final long MIB = 1024L * 1024;
    private static final int MIB_PER_GIB = 1024;

    private record Period(Instant from, Instant to) {}

    private final Usage usage;

    UsageController(Usage usage) {
        this.usage = usage;
    }

    void register(Routes routes) {
        routes.add("GET", "/v1/usage", MachineController.now(this::summary));
        routes.add("GET", "/v1/usage/machines/compute", MachineController.now(this::compute));
        routes.add("GET", "/v1/usage/machines/storage", MachineController.now(this::storage));
    }

    private Period period(Call call) {
        LocalDate today = usage.now().atZone(ZoneOffset.UTC).toLocalDate();
        LocalDate from =
                Parameters.query(call, "period_start", today.withDayOfMonth(1), "a date, YYYY-MM-DD", LocalDate::parse);
        LocalDate to = Parameters.query(call, "period_end", null, "a date, YYYY-MM-DD", LocalDate::parse);
        return new Period(
                from.atStartOfDay().toInstant(ZoneOffset.UTC),
                to == null ? usage.now() : to.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC));
    }

    private List<Usage.Row> rows(Call call, ChronoUnit bucket) {
        Period period = period(call);
        String machine = call.parameter("machine_id").orElse(null);
        return usage.rows(machine, bucket, period.from(), period.to());
    }

    private Answer summary(Call call) {
        List<Usage.Row> rows = rows(call, ChronoUnit.DAYS);
        return Answer.ok(Views.object()
                .put("plan_slug", "emulator")
                .put(
                        "billed_awake_seconds",
                        rows.stream().mapToLong(Usage.Row::awakeSeconds).sum())
                .put(
                        "billed_cpu_millicore_seconds",
                        rows.stream().mapToLong(Usage.Row::cpuMillicoreSeconds).sum())
                .put(
                        "billed_memory_mib_seconds",
                        rows.stream().mapToLong(Usage.Row::memoryMibSeconds).sum())
                .put(
                        "billed_logical_storage_mib_seconds",
                        rows.stream().mapToLong(Usage.Row::storageMibSeconds).sum())
                .put("included_storage_gib", 0)
                .put("provisioned_storage_gib", usage.provisionedStorageGib()));
    }

    private Answer compute(Call call) {
        String granularity = Parameters.query(call, "granularity", "hour", "hour or day", text -> {
            if (!List.of("hour", "day").contains(text)) {
                throw new IllegalArgumentException(text);
            }
            return text;
        });
        ChronoUnit bucket = granularity.equals("day") ? ChronoUnit.DAYS : ChronoUnit.HOURS;
        ObjectNode json = frame(call).put("granularity", granularity);
        ArrayNode array = json.putArray("rows");
        for (Usage.Row row : rows(call, bucket)) {
            ObjectNode one = bucket(array, row)
                    .put("awake_seconds", row.awakeSeconds())
                    .put("cpu_millicore_seconds", row.cpuMillicoreSeconds())
                    .put("memory_mib_seconds", row.memoryMibSeconds())
                    .put("last_window_end", row.end().toString())
                    .put("requested_vcpu", row.vcpu())
                    .put("requested_memory_mib", row.memoryMib())
                    .put("requested_storage_gib", row.storageGib())
                    .put("spec_fingerprint", row.vcpu() + "-" + row.memoryMib() + "-" + row.storageGib())
                    .put("window_count", 1);
            one.putArray("org_metering_bucket_ids");
            one.putArray("stripe_cpu_identifiers");
            one.putArray("stripe_memory_identifiers");
        }
        return Answer.ok(json);
    }

    private Answer storage(Call call) {
        ObjectNode json = frame(call);
        ArrayNode array = json.putArray("rows");
        for (Usage.Row row : rows(call, ChronoUnit.DAYS)) {
            bucket(array, row)
                    .put("storage_mib_seconds", row.storageMibSeconds())
                    .put("logical_storage_bytes", row.storageGib() * MIB_PER_GIB * MIB)
                    .put("org_metering_bucket_id", "")
                    .put("stripe_storage_identifier", "");
        }
        return Answer.ok(json);
    }

    private ObjectNode frame(Call call) {
        Period period = period(call);
        return Views.object()
                .put("period_start", period.from().toString())
                .put("period_end", period.to().toString());
    }

    private static ObjectNode bucket(ArrayNode array, Usage.Row row) {
        return array.addObject()
                .put("machine_id", row.machineId())
                .put("bucket_start", row.start().toString())
                .put("bucket_end", row.end().toString());
    }
}
