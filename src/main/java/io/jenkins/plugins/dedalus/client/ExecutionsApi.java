package io.jenkins.plugins.dedalus.client;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.ByteBudget;
import io.jenkins.plugins.dedalus.client.call.CallScope;
import io.jenkins.plugins.dedalus.client.call.Calls;
import io.jenkins.plugins.dedalus.client.call.Json;
import io.jenkins.plugins.dedalus.client.call.Paths;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.call.Wire;
import io.jenkins.plugins.dedalus.client.error.ApiFailure;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.client.model.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.ExecutionOutput;
import io.jenkins.plugins.dedalus.client.model.Page;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Executions: commands on a machine. All calls block and throw {@link DedalusException}. */
public final class ExecutionsApi {

    private static final int SHORTEST_SECRET = 4;

    private final Calls calls;

    ExecutionsApi(Calls calls) {
        this.calls = calls;
    }

    /**
     * Starts a command; a sleeping machine is woken for it.
     *
     * @return the execution, usually not finished
     */
    public Execution create(String machineId, ExecutionCreate create, RequestOptions options) {
        if (create.command().isEmpty()) {
            throw new ValidationException(ApiFailure.local(
                    "Could not start a command on machine " + Paths.machineId(machineId)
                            + ": the command is empty. Nothing was sent.",
                    false));
        }
        ApiRequest request = request("POST", "start a command on machine ", machineId)
                .withBody(Json.tree(create))
                .hiding(secretsOf(create));
        return calls.json(request, options, Wire::execution);
    }

    /** Reads one execution. */
    public Execution get(String machineId, String executionId, RequestOptions options) {
        return calls.json(read(machineId, executionId), options, Wire::execution);
    }

    /** Reads all executions of a machine that the server remembers. The deadline holds for each page. */
    public List<Execution> list(String machineId, RequestOptions options) {
        return calls.all(request("GET", "list the executions of machine ", machineId), options, Wire::execution);
    }

    /** Cancels an execution. */
    public Execution cancel(String machineId, String executionId, RequestOptions options) {
        ApiRequest request = request(
                "DELETE",
                "cancel execution " + Paths.executionId(executionId) + " on machine ",
                machineId,
                executionId);
        CallScope scope = calls.scope(options);
        // The contract doesn't say what a cancel answers; one without a body is not a failure.
        Execution cancelled = calls.exchange(
                calls.keyed(request, options),
                scope,
                answer -> answer.status() == 204 ? null : Json.read(answer, Wire::execution));
        return cancelled != null ? cancelled : calls.json(read(machineId, executionId), scope, Wire::execution);
    }

    /** Reads all output that the server kept. */
    public ExecutionOutput output(String machineId, String executionId, RequestOptions options) {
        ApiRequest request = request(
                "GET",
                "read the output of execution " + Paths.executionId(executionId) + " on machine ",
                machineId,
                executionId,
                "output");
        return calls.json(request, options, Wire::output);
    }

    /**
     * Reads events from a cursor on, the way to follow output live.
     *
     * @param cursor a previous page's {@code nextCursor}; null: from the start
     * @param limit most events per page; null: the server's default
     */
    public Page<ExecutionEvent> events(
            String machineId, String executionId, String cursor, Integer limit, RequestOptions options) {
        ApiRequest request = eventsRequest(machineId, executionId)
                .withQuery("cursor", cursor)
                .withQuery("limit", limit);
        return calls.json(request, options, node -> Wire.page(node, Wire::event));
    }

    /**
     * A reader of one execution's events that bounds the memory it takes.
     *
     * @param budget shared with all whose memory together is to be bounded
     */
    public EventReader reader(String machineId, String executionId, ByteBudget budget) {
        return new EventReader(calls, eventsRequest(machineId, executionId), budget);
    }

    private static ApiRequest read(String machineId, String executionId) {
        return request(
                "GET", "read execution " + Paths.executionId(executionId) + " on machine ", machineId, executionId);
    }

    private static ApiRequest eventsRequest(String machineId, String executionId) {
        return request(
                "GET",
                "read the events of execution " + Paths.executionId(executionId) + " on machine ",
                machineId,
                executionId,
                "events");
    }

    private static ApiRequest request(String method, String doing, String machineId, String... below) {
        List<String> path = new ArrayList<>(List.of("v1", "machines", Paths.machineId(machineId), "executions"));
        path.addAll(List.of(below));
        return ApiRequest.of(method, doing + machineId, path.toArray(String[]::new));
    }

    /** A server that quotes the request in an error must not make us print a secret. */
    private static Set<String> secretsOf(ExecutionCreate create) {
        Set<String> secrets = new HashSet<>(create.env().values());
        secrets.removeIf(value -> value == null || value.length() < SHORTEST_SECRET);
        if (create.stdin() != null && create.stdin().length() >= SHORTEST_SECRET) {
            secrets.add(create.stdin());
        }
        return secrets;
    }
}
