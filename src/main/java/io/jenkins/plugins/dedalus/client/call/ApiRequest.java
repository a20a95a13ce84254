package io.jenkins.plugins.dedalus.client.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One call before it becomes HTTP. Immutable; the decorators of the transport hand on changed copies.
 *
 * @param doing completes the sentence "Could not …", names the object
 * @param path raw segments, encoded by the transport
 * @param body JSON to send, null: none
 * @param guardedMachine generation 1 wants this machine's revision in If-Match; null: it doesn't
 * @param secrets texts that must not appear in errors even if the server repeats them
 * @param scope deadline and cancellation of the whole call
 */
public record ApiRequest(
        String method,
        String doing,
        List<String> path,
        Map<String, String> query,
        Map<String, String> headers,
        JsonNode body,
        String guardedMachine,
        Set<String> secrets,
        CallScope scope) {

    public ApiRequest {
        path = List.copyOf(path);
        // In one order: the same request reads the same in every process.
        query = Collections.unmodifiableMap(new TreeMap<>(query));
        headers = Map.copyOf(headers);
        secrets = Set.copyOf(secrets);
    }

    public static ApiRequest of(String method, String doing, String... path) {
        return new ApiRequest(method, doing, List.of(path), Map.of(), Map.of(), null, null, Set.of(), null);
    }

    public static ApiRequest readMachine(String machineId) {
        return of("GET", "read machine " + Paths.machineId(machineId), "v1", "machines", machineId);
    }

    /** Leaves the parameter out when the value is null. */
    public ApiRequest withQuery(String name, Object value) {
        return value == null ? this : copy(path, plus(query, name, value.toString()), headers, body);
    }

    public ApiRequest withHeader(String name, String value) {
        return copy(path, query, plus(headers, name, value), body);
    }

    public ApiRequest withBody(JsonNode json) {
        return copy(path, query, headers, json);
    }

    /** With another path segment at a position. */
    public ApiRequest withSegment(int position, String segment) {
        List<String> segments = new ArrayList<>(path);
        segments.set(position, segment);
        return copy(segments, query, headers, body);
    }

    public ApiRequest guarding(String machineId) {
        return new ApiRequest(method, doing, path, query, headers, body, machineId, secrets, scope);
    }

    public ApiRequest hiding(Set<String> texts) {
        return new ApiRequest(method, doing, path, query, headers, body, guardedMachine, texts, scope);
    }

    public ApiRequest within(CallScope callScope) {
        return new ApiRequest(method, doing, path, query, headers, body, guardedMachine, secrets, callScope);
    }

    boolean changing() {
        return !"GET".equals(method);
    }

    /** Shows no header, body or query: they may be secret. */
    @Override
    public String toString() {
        return method + " /" + String.join("/", path);
    }

    private ApiRequest copy(
            List<String> newPath, Map<String, String> newQuery, Map<String, String> newHeaders, JsonNode newBody) {
        return new ApiRequest(method, doing, newPath, newQuery, newHeaders, newBody, guardedMachine, secrets, scope);
    }

    private static Map<String, String> plus(Map<String, String> map, String name, String value) {
        Map<String, String> more = new TreeMap<>(map);
        more.put(name, value);
        return more;
    }
}
