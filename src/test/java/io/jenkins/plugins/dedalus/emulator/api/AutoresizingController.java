package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.emulator.core.Machine;

/** {@code /v1/machines/{machine_id}/autoresizing}, from generation 4 on: a setting that is kept; no memory ever grows here. */
final class AutoresizingController {
    private final MachinePath machines;

    AutoresizingController(MachinePath machines) {
        this.machines = machines;
    }

    void register(Routes routes) {
        String path = "/v1/machines/{machine_id}/autoresizing";
        routes.add("GET", path, MachineController.now(call -> answer(machines.of(call))));
        routes.add("PUT", path, MachineController.now(this::update));
    }

    private Answer update(Call call) {
        Machine machine = machines.of(call);
        Fields fields = Fields.of(call);
        boolean enabled = fields.flag("enabled");
        fields.check();
        machine.autoresizing(enabled);
        return answer(machine);
    }

    private static Answer answer(Machine machine) {
        ObjectNode json = Views.object().put("enabled", machine.autoresizing());
        return Answer.ok(json);
    }
}
