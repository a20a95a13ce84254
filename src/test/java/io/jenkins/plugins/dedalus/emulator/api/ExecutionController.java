package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.emulator.core.Execution;
import io.jenkins.plugins.dedalus.emulator.core.ExecutionService;
import io.jenkins.plugins.dedalus.emulator.core.Machine;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code /v1/machines/{machine_id}/executions}. */
final class ExecutionController {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final long MAX_TIMEOUT_MILLIS = 86_400_000;

    private final Generation generation;
    private final MachinePath machines;
    private final ExecutionService executions;

    ExecutionController(Generation generation, MachinePath machines, ExecutionService executions) {
        this.generation = generation;
        this.machines = machines;
        this.executions = executions;
    }

    void register(Routes routes) {
        String all = "/v1/machines/{machine_id}/executions";
        String one = all + "/{execution_id}";
        routes.add("POST", all, MachineController.now(this::create));
        routes.add("GET", all, MachineController.now(this::list));
        routes.add("GET", one, MachineController.now(call -> Answer.ok(view(execution(call)))));
        routes.add("DELETE", one, MachineController.now(this::cancel));
        routes.add("GET", one + "/output", MachineController.now(call -> Answer.ok(Views.output(execution(call)))));
        routes.add("GET", one + "/events", MachineController.now(this::events));
        if (generation.bare()) {
            routes.add("GET", one + "/logs", MachineController.now(call -> Answer.ok(Views.logs(execution(call)))));
            routes.add(
                    "POST",
                    one + "/logs/reauthorize",
                    MachineController.now(call -> Answer.ok(Views.logs(execution(call)))));
        }
    }

    private Machine machine(Call call) {
        return machines.of(call);
    }

    private Execution execution(Call call) {
        Machine machine = machine(call);
        return executions.get(machine, Parameters.resourceId(call, "execution_id"));
    }

    private ObjectNode view(Execution execution) {
        return Views.execution(execution.view(), generation.bare());
    }

    private Answer create(Call call) {
        Machine machine = machine(call);
        Fields fields = Fields.of(call);
        List<String> command = fields.texts("command");
        String cwd = fields.text("cwd");
        Map<String, String> env = fields.map("env", VARIABLE);
        String stdin = fields.text("stdin");
        Long timeout = fields.integer("timeout_ms", false, 1, MAX_TIMEOUT_MILLIS);
        fields.check();
        Execution execution =
                executions.create(machine, new ExecutionService.Command(command, cwd, env, stdin, timeout));
        return Answer.json(202, view(execution));
    }

    private Answer list(Call call) {
        return Answer.ok(Views.page(
                executions.list(machine(call)),
                Parameters.cursor(call),
                Parameters.limit(call),
                execution -> view(execution)));
    }

    private Answer cancel(Call call) {
        Execution execution = execution(call);
        executions.cancel(execution);
        return Answer.ok(view(execution));
    }

    /** Events so far; the cursor to go on from is there as long as there may be more. */
    private Answer events(Call call) {
        Execution execution = execution(call);
        long after = Parameters.cursor(call);
        boolean finished = execution.finished();
        List<Execution.Event> events = execution.events(after, Parameters.eventLimit(call));
        ObjectNode json = Views.object();
        ArrayNode items = json.putArray("items");
        events.forEach(event -> items.add(Views.event(event)));
        long last = after + events.size();
        if (!finished || last < execution.lastSequence()) {
            json.put("next_cursor", Parameters.cursor(last));
        }
        return Answer.ok(json);
    }
}
