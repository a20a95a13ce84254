package io.jenkins.plugins.dedalus.emulator.api;

import io.jenkins.plugins.dedalus.emulator.core.ControlPlane;
import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.emulator.core.Preview;
import java.util.List;

/** {@code /v1/machines/{machine_id}/previews}, called {@code ports} in generation 3. */
final class PreviewController {
    private static final int MAX_PORT = 65_535;

    private final Generation generation;
    private final MachinePath machines;
    private final ControlPlane plane;
    private final String id;

    PreviewController(Generation generation, MachinePath machines, ControlPlane plane) {
        this.generation = generation;
        this.machines = machines;
        this.plane = plane;
        this.id = generation.ports() ? "port_id" : "preview_id";
    }

    void register(Routes routes) {
        String all = "/v1/machines/{machine_id}/" + (generation.ports() ? "ports" : "previews");
        String one = all + "/{" + id + "}";
        routes.add("POST", all, MachineController.now(this::create));
        routes.add("GET", all, MachineController.now(this::list));
        routes.add("GET", one, MachineController.now(call -> answer(200, preview(call))));
        routes.add("DELETE", one, MachineController.now(this::delete));
    }

    private Machine machine(Call call) {
        return machines.of(call);
    }

    private Preview preview(Call call) {
        Machine machine = machine(call);
        return plane.previews().get(machine, Parameters.resourceId(call, id));
    }

    private Answer answer(int status, Preview preview) {
        return Answer.json(status, Views.preview(preview.view(), generation));
    }

    private Answer create(Call call) {
        Machine machine = machine(call);
        Fields fields = Fields.of(call);
        Long port = fields.integer("port", true, 1, MAX_PORT);
        String protocol = fields.oneOf("protocol", "http", List.of("http", "https"));
        String visibility = generation.ports()
                ? "public"
                : fields.oneOf("visibility", "private", List.of("public", "private", "org"));
        fields.check();
        return answer(202, plane.createPreview(machine, port.intValue(), protocol, visibility));
    }

    private Answer list(Call call) {
        return Answer.ok(Views.page(
                plane.previews().list(machine(call)),
                Parameters.cursor(call),
                Parameters.limit(call),
                preview -> Views.preview(preview.view(), generation)));
    }

    private Answer delete(Call call) {
        Preview preview = preview(call);
        plane.previews().close(machine(call), preview);
        return answer(200, preview);
    }
}
