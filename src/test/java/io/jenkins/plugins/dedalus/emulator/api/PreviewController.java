package io.jenkins.plugins.dedalus.emulator.api;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.core.ControlPlane;
import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.emulator.core.Preview;
import java.util.List;

/** {@code /v1/machines/{machine_id}/previews}, called {@code ports} from generation 3 on. */
final class PreviewController {
    private static final int PORTS = 3;
    private static final int MAX_PORT = 65_535;

    private final EmulatorConfig config;
    private final ControlPlane plane;
    private final String id;

    PreviewController(EmulatorConfig config, ControlPlane plane) {
        this.config = config;
        this.plane = plane;
        this.id = config.generation() < PORTS ? "preview_id" : "port_id";
    }

    void register(Routes routes) {
        String all = "/v1/machines/{machine_id}/" + (config.generation() < PORTS ? "previews" : "ports");
        String one = all + "/{" + id + "}";
        routes.add("POST", all, MachineController.now(this::create));
        routes.add("GET", all, MachineController.now(this::list));
        routes.add("GET", one, MachineController.now(call -> answer(200, preview(call))));
        routes.add("DELETE", one, MachineController.now(this::delete));
    }

    private Machine machine(Call call) {
        return plane.machines().get(Parameters.machineId(call));
    }

    private Preview preview(Call call) {
        Machine machine = machine(call);
        return plane.previews().get(machine, Parameters.resourceId(call, id));
    }

    private Answer answer(int status, Preview preview) {
        return Answer.json(status, Views.preview(preview.view(), config.generation()));
    }

    private Answer create(Call call) {
        Machine machine = machine(call);
        Fields fields = Fields.of(call);
        Long port = fields.integer("port", true, 1, MAX_PORT);
        String protocol = fields.oneOf("protocol", "http", List.of("http", "https"));
        String visibility = config.generation() < PORTS
                ? fields.oneOf("visibility", "private", List.of("public", "private", "org"))
                : "public";
        fields.check();
        return answer(202, plane.createPreview(machine, port.intValue(), protocol, visibility));
    }

    private Answer list(Call call) {
        return Answer.ok(Views.page(
                plane.previews().list(machine(call)),
                Parameters.cursor(call),
                Parameters.limit(call),
                preview -> Views.preview(preview.view(), config.generation())));
    }

    private Answer delete(Call call) {
        Preview preview = preview(call);
        plane.previews().close(machine(call), preview);
        return answer(200, preview);
    }
}
