package io.jenkins.plugins.dedalus.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Machines: make, read, change, put to sleep, wake, wipe. All calls block and throw {@link DedalusException}. */
public final class MachinesApi {

    private static final int MAX_PAGES = 10_000;

    private final Calls calls;

    MachinesApi(Calls calls) {
        this.calls = calls;
    }

    /**
     * Makes a machine. Repeating the call with the same idempotency key yields the same machine.
     *
     * @return the machine, usually not running yet
     */
    public Machine create(MachineCreate create, RequestOptions options) {
        ApiRequest request =
                ApiRequest.of("POST", "create a machine", "v1", "machines").withBody(Json.tree(create));
        return calls.json(request, options, Wire::machine);
    }

    /** Reads one machine. */
    public Machine get(String machineId, RequestOptions options) {
        return calls.json(read(machineId), options, Wire::machine);
    }

    /**
     * Reads one page of the organisation's machines.
     *
     * @param limit most items per page; null: the server's default
     * @param cursor the previous page's {@code nextCursor}; null: the first page
     */
    public Page<Machine> list(Integer limit, String cursor, RequestOptions options) {
        return list(limit, cursor, calls.scope(options));
    }

    /** Reads all pages. The deadline holds for all of them together. */
    public List<Machine> listAll(RequestOptions options) {
        CallScope scope = calls.scope(options);
        List<Machine> machines = new ArrayList<>();
        String cursor = null;
        for (int page = 0; page < MAX_PAGES; page++) {
            Page<Machine> found = list(null, cursor, scope);
            machines.addAll(found.items());
            if (found.nextCursor() == null) {
                return List.copyOf(machines);
            }
            if (found.nextCursor().equals(cursor)) {
                break;
            }
            cursor = found.nextCursor();
        }
        throw new MalformedResponseException(ApiFailure.local(
                "Could not list all machines: the server's list has no end, its cursor leads in a circle.", false));
    }

    /** Changes a machine. */
    public Machine update(String machineId, MachineUpdate update, RequestOptions options) {
        ApiRequest request = ApiRequest.of(
                        "PATCH", "change machine " + Paths.machineId(machineId), "v1", "machines", machineId)
                .withBody(Json.tree(update));
        return calls.json(request.guarding(machineId), options, Wire::machine);
    }

    /**
     * Wipes a machine and its storage, without undo. An error says nothing about whether it still exists: only a read
     * that says 404 or {@code destroyed} does.
     *
     * @return the machine, destroying or destroyed
     */
    public Machine delete(String machineId, RequestOptions options) {
        ApiRequest request =
                ApiRequest.of("DELETE", "delete machine " + Paths.machineId(machineId), "v1", "machines", machineId);
        return calls.json(request.guarding(machineId), options, Wire::machine);
    }

    /**
     * Puts a machine to sleep.
     *
     * @throws SleepHoldException when it was woken less than about five minutes ago
     * @throws PermissionException when the account may not do this: then only autosleep puts machines to sleep
     */
    public Machine sleep(String machineId, RequestOptions options) {
        return action(machineId, "sleep", "put machine " + Paths.machineId(machineId) + " to sleep", options);
    }

    /**
     * Wakes a machine; at once if it runs already.
     *
     * @return usually running; a loaded platform answers early with {@code starting}: then wait
     */
    public Machine wake(String machineId, RequestOptions options) {
        return action(machineId, "wake", "wake machine " + Paths.machineId(machineId), options);
    }

    /**
     * Follows a machine's lifecycle until it reaches its desired state, fails or is destroyed. A broken stream is
     * resumed where it broke. Without a deadline in the options this may last for ever.
     *
     * @param onStatus hears every state in order, in the calling thread; what it throws ends the watch
     * @return the last state
     */
    public Machine watch(String machineId, Consumer<Machine> onStatus, RequestOptions options) {
        Paths.machineId(machineId);
        return new MachineWatch(calls, machineId, onStatus, calls.openEndedScope(options, "watch machine " + machineId))
                .run();
    }

    static ApiRequest read(String machineId) {
        return ApiRequest.of("GET", "read machine " + Paths.machineId(machineId), "v1", "machines", machineId);
    }

    private Page<Machine> list(Integer limit, String cursor, CallScope scope) {
        ApiRequest request = ApiRequest.of("GET", "list machines", "v1", "machines")
                .withQuery("limit", limit)
                .withQuery("cursor", cursor);
        return calls.json(request, scope, node -> Wire.page(node, Wire::machine));
    }

    private Machine action(String machineId, String verb, String doing, RequestOptions options) {
        ApiRequest request = ApiRequest.of("POST", doing, "v1", "machines", machineId, verb);
        return calls.json(request.guarding(machineId), options, Wire::machine);
    }
}
