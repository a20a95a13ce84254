package io.jenkins.plugins.dedalus.client;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.Calls;
import io.jenkins.plugins.dedalus.client.call.Json;
import io.jenkins.plugins.dedalus.client.call.Paths;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.call.Wire;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.MalformedResponseException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.error.PermissionException;
import io.jenkins.plugins.dedalus.client.error.SleepHoldException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.client.model.MachineUpdate;
import io.jenkins.plugins.dedalus.client.model.Page;
import java.util.List;

/** Machines: make, read, change, put to sleep, wake, wipe. All calls block and throw {@link DedalusException}. */
public final class MachinesApi {

    private final Calls calls;

    MachinesApi(Calls calls) {
        this.calls = calls;
    }

    /**
     * Makes a machine. Repeating the call with the same idempotency key yields the same machine.
     *
     * @return the machine, usually not running yet; with nothing but its id where the rest of the answer can't be read
     * @throws MalformedResponseException when the answer names no machine: one may have been made nevertheless
     */
    public Machine create(MachineCreate create, RequestOptions options) {
        ApiRequest request =
                ApiRequest.of("POST", "create a machine", "v1", "machines").withBody(Json.tree(create));
        return calls.json(request, options, Wire::madeMachine);
    }

    /** Reads one machine. */
    public Machine get(String machineId, RequestOptions options) {
        return calls.json(ApiRequest.readMachine(machineId), options, Wire::machine);
    }

    /**
     * Reads one page of the organisation's machines.
     *
     * @param limit most items per page; null: the server's default
     * @param cursor the previous page's {@code nextCursor}; null: the first page
     */
    public Page<Machine> list(Integer limit, String cursor, RequestOptions options) {
        return calls.page(list().withQuery("limit", limit), cursor, options, Wire::machine);
    }

    /** Reads all pages. The deadline holds for each of them. */
    public List<Machine> listAll(RequestOptions options) {
        return calls.all(list(), options, Wire::machine);
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
     * Boots a running machine anew: its files stay, its memory and processes do not. From generation 4 on.
     *
     * @param force takes the files as they were last kept, without the machine's help: what was written since is lost
     * @return the machine; a loaded platform answers early with {@code starting}: then wait
     * @throws NotFoundException when there is no such machine, or the API can't do this
     */
    public Machine reboot(String machineId, boolean force, RequestOptions options) {
        ApiRequest request = ApiRequest.of(
                "POST", "reboot machine " + Paths.machineId(machineId), "v1", "machines", machineId, "reboot");
        return calls.json(force ? request.withQuery("force", true) : request, options, Wire::machine);
    }

    private static ApiRequest list() {
        return ApiRequest.of("GET", "list machines", "v1", "machines");
    }

    private Machine action(String machineId, String verb, String doing, RequestOptions options) {
        ApiRequest request = ApiRequest.of("POST", doing, "v1", "machines", machineId, verb);
        return calls.json(request.guarding(machineId), options, Wire::machine);
    }
}
