package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.core.ApiException;
import io.jenkins.plugins.dedalus.emulator.core.ErrorCode;
import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.emulator.core.MachineService;
import io.jenkins.plugins.dedalus.emulator.core.Phase;
import io.jenkins.plugins.dedalus.emulator.core.Workers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** {@code /v1/machines}. */
final class MachineController {
    private static final double MIN_VCPU = 0.25;
    private static final double MAX_VCPU = 64;
    private static final int MIN_MEMORY_MIB = 128;
    private static final int MAX_MEMORY_MIB = 262_144;
    private static final int MAX_STORAGE_GIB = 10_000;

    private static final int HOST_MEMORY_MIB = 131_072;

    private final EmulatorConfig config;
    private final Generation generation;
    private final MachinePath paths;
    private final MachineService machines;
    private final Workers workers;

    MachineController(EmulatorConfig config, MachinePath paths, MachineService machines, Workers workers) {
        this.config = config;
        this.generation = Generation.of(config);
        this.paths = paths;
        this.machines = machines;
        this.workers = workers;
    }

    void register(Routes routes) {
        routes.add("POST", "/v1/machines", now(this::create));
        routes.add("GET", "/v1/machines", now(this::list));
        routes.add(
                "GET",
                "/v1/machines/{machine_id}",
                now(call -> Answer.ok(Views.machine(machine(call).view(), generation.bare()))));
        routes.add("PATCH", "/v1/machines/{machine_id}", now(this::update));
        routes.add("DELETE", "/v1/machines/{machine_id}", now(this::delete));
        routes.add("POST", "/v1/machines/{machine_id}/sleep", this::sleep);
        routes.add("POST", "/v1/machines/{machine_id}/wake", this::wake);
        if (generation.bare()) {
            routes.add("POST", "/v1/machines/{machine_id}/reboot", this::reboot);
        }
    }

    /** A handler that needs no waiting. */
    static Routes.Handler now(Function<Call, Answer> handler) {
        return call -> CompletableFuture.completedFuture(handler.apply(call));
    }

    private Machine machine(Call call) {
        return paths.of(call);
    }

    private Answer create(Call call) {
        MachineService.Shape shape = shape(Fields.of(call), !generation.bare(), null);
        Machine machine = machines.create(shape);
        return Answer.json(202, Views.machineBriefly(machine.view(), generation));
    }

    private MachineService.Shape shape(Fields fields, boolean required, Machine.View present) {
        Double vcpu = fields.number("vcpu", required, MIN_VCPU, MAX_VCPU);
        Long memory = fields.integer("memory_mib", required, MIN_MEMORY_MIB, MAX_MEMORY_MIB);
        Long storage = fields.integer("storage_gib", required, 1, MAX_STORAGE_GIB);
        Long autosleep = fields.text("autosleep", Parameters::autosleep);
        if (present != null && storage != null && storage < present.storageGib()) {
            fields.refuse("storage_gib", "expected integer >= " + present.storageGib() + ": storage only grows");
        }
        fields.check();
        if (generation.bare() && memory != null && memory > HOST_MEMORY_MIB) {
            throw new Problem(400, "Bad Request", "memory_mib exceeds capacity", List.of());
        }
        return new MachineService.Shape(
                vcpu,
                memory == null ? null : memory.intValue(),
                storage == null ? null : storage.intValue(),
                autosleep);
    }

    /** What a change of a machine answers. */
    private ObjectNode changed(Machine.View view) {
        return generation.bare() ? Views.machineBriefly(view, generation) : Views.machine(view, false);
    }

    private Answer list(Call call) {
        return Answer.ok(Views.page(
                machines.list(),
                Parameters.cursor(call),
                Parameters.limit(call),
                machine -> Views.listedMachine(machine.view(), generation)));
    }

    private Answer update(Call call) {
        Machine machine = guarded(call);
        machines.update(machine, shape(Fields.of(call), false, machine.view()));
        return Answer.ok(changed(machine.view()));
    }

    private Answer delete(Call call) {
        Machine machine = guarded(call);
        machines.delete(machine);
        Machine.View view = machine.view();
        return Answer.json(view.phase() == Phase.DESTROYED ? 200 : 202, changed(view));
    }

    private CompletionStage<Answer> sleep(Call call) {
        Machine machine = guarded(call);
        if (config.sleepForbidden()) {
            throw new ApiException(ErrorCode.AUTH_SCOPE_FORBIDDEN, "This key may not put machines to sleep.")
                    .detail("required_scope", "machines:sleep");
        }
        return machines.sleep(machine).thenApply(asleep -> {
            Machine.View view = machine.view();
            return Answer.json(view.phase() == Phase.STOPPING ? 202 : 200, Views.machineBriefly(view, generation));
        });
    }

    private CompletionStage<Answer> wake(Call call) {
        Machine machine = guarded(call);
        return soon(machine, machines.wake(machine));
    }

    /** A forced one takes the files as they were last kept; here every file is kept at once. */
    private CompletionStage<Answer> reboot(Call call) {
        Parameters.query(call, "force", false, "true or false", text -> {
            if (!List.of("true", "false").contains(text)) {
                throw new IllegalArgumentException(text);
            }
            return Boolean.valueOf(text);
        });
        Machine machine = machine(call);
        return soon(machine, machines.reboot(machine));
    }

    private CompletionStage<Answer> soon(Machine machine, CompletableFuture<Void> running) {
        CompletableFuture<Void> soon = running.copy();
        workers.later(config.wakeAnswerWithin().toMillis(), () -> soon.complete(null));
        return soon.thenApply(awake -> {
            Machine.View view = machine.view();
            boolean settled = view.phase() == Phase.RUNNING || view.phase() == Phase.FAILED;
            return Answer.json(settled ? 200 : 202, Views.machineBriefly(view, generation));
        });
    }

    /** The machine; in generation 1 only with its present revision in If-Match. */
    private Machine guarded(Call call) {
        Machine machine = machine(call);
        if (generation.wantsRevision()) {
            String given = call.header("If-Match")
                    .orElseThrow(() -> Problem.invalid(
                            "header.If-Match", "required header parameter If-Match is missing", TextNode.valueOf("")));
            String expected = Long.toString(machine.view().revision());
            if (!given.replace("\"", "").equals(expected)) {
                throw new ApiException(
                                ErrorCode.REVISION_MISMATCH,
                                "Machine " + machine.id()
                                        + " has changed. Read it again, and repeat with its revision.")
                        .detail("expected_revision", expected)
                        .detail("provided_revision", given);
            }
        }
        return machine;
    }
}
