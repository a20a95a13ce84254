package io.jenkins.plugins.dedalus.emulator.api;

import io.jenkins.plugins.dedalus.emulator.core.ApiException;
import io.jenkins.plugins.dedalus.emulator.core.ErrorCode;
import java.util.List;

/** What the API has and the emulator has not: a clear 501, and empty lists, for every call that the vendor's SDKs make. */
final class UnsupportedController {
    private final Generation generation;
    private final MachinePath machines;

    UnsupportedController(Generation generation, MachinePath machines) {
        this.generation = generation;
        this.machines = machines;
    }

    void register(Routes routes) {
        sessions(routes, "ssh", "{session_id}", "no SSH sessions: its machines run no sshd. Run executions instead");
        if (!generation.bare()) {
            String terminals = "no terminals. Run executions instead";
            sessions(routes, "terminals", "{terminal_id}", terminals);
            missing(routes, "GET", "/v1/machines/{machine_id}/terminals/{terminal_id}/stream", terminals);
            sessions(routes, "artifacts", "{artifact_id}", "no artifacts. Read files through executions instead");
        } else {
            missing(
                    routes,
                    "POST",
                    "/v1/machines/{machine_id}/executions/{execution_id}/logs/token",
                    "no log streams to read with a token. Read the events instead");
        }
        if (generation.ports()) {
            missing(routes, "GET", "/v1/machines/{machine_id}/network", "no network settings");
            missing(routes, "GET", "/v1/networks", "no networks");
        }
    }

    private void sessions(Routes routes, String resource, String id, String what) {
        String all = "/v1/machines/{machine_id}/" + resource;
        routes.add("GET", all, MachineController.now(call -> {
            machines.of(call);
            return Answer.ok(Views.page(List.of(), 0, 1, none -> Views.object()));
        }));
        missing(routes, "POST", all, what);
        missing(routes, "GET", all + "/" + id, what);
        missing(routes, "DELETE", all + "/" + id, what);
    }

    private static void missing(Routes routes, String method, String template, String what) {
        routes.add(method, template, call -> {
            throw new ApiException(ErrorCode.NOT_IMPLEMENTED, "The emulator has " + what + ".");
        });
    }
}
