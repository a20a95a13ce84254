package io.jenkins.plugins.dedalus.client;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.Calls;
import io.jenkins.plugins.dedalus.client.call.Paths;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.call.Wire;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.model.ComputeUsage;
import io.jenkins.plugins.dedalus.client.model.Granularity;
import io.jenkins.plugins.dedalus.client.model.StorageUsage;
import io.jenkins.plugins.dedalus.client.model.UsageSummary;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** What machines used. The server counts in whole UTC days. All calls block and throw {@link DedalusException}. */
public final class UsageApi {

    private final Calls calls;

    UsageApi(Calls calls) {
        this.calls = calls;
    }

    /** The organisation's usage in the current billing period. */
    public UsageSummary summary(RequestOptions options) {
        return calls.json(ApiRequest.of("GET", "read the usage", "v1", "usage"), options, Wire::usageSummary);
    }

    /**
     * Awake time, CPU and memory.
     *
     * @param machineId only this machine; null: all
     * @param granularity width of a row; null: the server's default (hour)
     * @param from the UTC day it lies in is the first; null: start of the month
     * @param to the UTC day it lies in is the last; null: today
     */
    public List<ComputeUsage> compute(
            String machineId, Granularity granularity, Instant from, Instant to, RequestOptions options) {
        ApiRequest request = request("compute", machineId, granularity, from, to);
        return calls.json(request, options, node -> Wire.page(node, Wire::computeUsage))
                .items();
    }

    /** Storage; the parameters are those of {@link #compute}. */
    public List<StorageUsage> storage(
            String machineId, Granularity granularity, Instant from, Instant to, RequestOptions options) {
        ApiRequest request = request("storage", machineId, granularity, from, to);
        return calls.json(request, options, node -> Wire.page(node, Wire::storageUsage))
                .items();
    }

    private static ApiRequest request(
            String kind, String machineId, Granularity granularity, Instant from, Instant to) {
        return ApiRequest.of("GET", "read the " + kind + " usage", "v1", "usage", "machines", kind)
                .withQuery("machine_id", machineId == null ? null : Paths.machineId(machineId))
                .withQuery("granularity", granularity)
                .withQuery("period_start", day(from))
                .withQuery("period_end", day(to));
    }

    private static String day(Instant instant) {
        return instant == null
                ? null
                : instant.atZone(ZoneOffset.UTC).toLocalDate().toString();
    }
}
