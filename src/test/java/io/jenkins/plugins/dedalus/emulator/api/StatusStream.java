package io.jenkins.plugins.dedalus.emulator.api;

import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.emulator.core.MachineService;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /v1/machines/{machine_id}/status/stream}: Server-Sent Events until the machine is where it should be. */
final class StatusStream {
    private static final Pattern PATH = Pattern.compile("/v1/machines/([^/]+)/status/stream");

    private final boolean offered;
    private final MachinePath machines;

    StatusStream(Generation generation, MachineService machines) {
        this.offered = generation.exposes();
        this.machines = new MachinePath(generation, machines);
    }

    boolean owns(Call call) {
        return offered
                && call.method().equals("GET")
                && PATH.matcher(call.path()).matches();
    }

    /** Streams from now on, or from after the event that Last-Event-ID names. Throws a refusal. */
    void open(Call call, HttpServerRequest request) {
        Matcher path = PATH.matcher(call.path());
        if (!path.matches()) {
            throw Problem.notFound(call.path());
        }
        Machine machine = machines.of(call.with(Map.of("machine_id", path.group(1))));
        String last = call.header("Last-Event-ID").orElse("");
        HttpServerResponse response = request.response();
        response.putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .setChunked(true);
        Context context = ((io.vertx.core.internal.http.HttpServerRequestInternal) request).context();
        Viewer viewer = new Viewer(response, last.matches("\\d{1,18}") ? Long.parseLong(last) : -1);
        synchronized (machine) {
            // Nothing is missed in between: changes happen under this monitor too.
            Runnable end = machine.watch(view -> context.runOnContext(go -> viewer.hand(view)));
            context.runOnContext(go -> {
                viewer.end = end;
                response.closeHandler(gone -> end.run());
            });
            (viewer.seen < 0 ? java.util.List.of(machine.view()) : machine.since(viewer.seen))
                    .forEach(view -> context.runOnContext(go -> viewer.hand(view)));
            if (viewer.seen >= machine.view().revision()) {
                Machine.View now = machine.view();
                context.runOnContext(go -> viewer.finishIfSettled(now));
            }
        }
    }

    /** On the request's context only. */
    private static final class Viewer {
        private final HttpServerResponse response;
        private long seen;
        private Runnable end = () -> {};

        Viewer(HttpServerResponse response, long seen) {
            this.response = response;
            this.seen = seen;
        }

        void hand(Machine.View view) {
            if (view.revision() <= seen || response.ended() || response.closed()) {
                return;
            }
            seen = view.revision();
            response.write("id: " + view.revision() + "\nevent: status\ndata: " + Views.machine(view, false) + "\n\n");
            finishIfSettled(view);
        }

        void finishIfSettled(Machine.View view) {
            if (view.settled() && !response.ended() && !response.closed()) {
                end.run();
                response.end();
            }
        }
    }
}
