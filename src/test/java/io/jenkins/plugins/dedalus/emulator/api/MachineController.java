package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.databind.node.TextNode;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.core.ApiException;
import io.jenkins.plugins.dedalus.emulator.core.ErrorCode;
import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.emulator.core.MachineService;
import io.jenkins.plugins.dedalus.emulator.core.Phase;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** {@code /v1/machines}. */
final class MachineController {
    private static final double MIN_VCPU = 0.25;
    private static final double MAX_VCPU = 64;
    private static final int MIN_MEMORY_MIB = 128;
    private static final int MAX_MEMORY_MIB = 262_144;
    private static final int MAX_STORAGE_GIB = 10_000;

    private final EmulatorConfig config;
    private final MachineService machines;

    MachineController(EmulatorConfig config, MachineService machines) {
        this.config = config;
        this.machines = machines;
    }

    void register(Routes routes) {
        routes.add("POST", "/v1/machines", now(this::create));
        routes.add("GET", "/v1/machines", now(this::list));
        routes.add(
                "GET",
                "/v1/machines/{machine_id}",
                now(call -> Answer.ok(Views.machine(machine(call).view()))));
        routes.add("PATCH", "/v1/machines/{machine_id}", now(this::update));
        routes.add("DELETE", "/v1/machines/{machine_id}", now(this::delete));
        routes.add("POST", "/v1/machines/{machine_id}/sleep", now(this::sleep));
        routes.add("POST", "/v1/machines/{machine_id}/wake", this::wake);
    }

    /** A handler that needs no waiting. */
    static Routes.Handler now(Function<Call, Answer> handler) {
        return call -> CompletableFuture.completedFuture(handler.apply(call));
    }

    private Machine machine(Call call) {
        return machines.get(Parameters.machineId(call));
    }

    private Answer create(Call call) {
        MachineService.Shape shape = shape(Fields.of(call), true, null);
        Machine machine = machines.create(shape);
        return Answer.json(202, Views.machineBriefly(machine.view(), config.generation()));
    }

    private static MachineService.Shape shape(Fields fields, boolean required, Machine.View present) {
        Double vcpu = fields.number("vcpu", required, MIN_VCPU, MAX_VCPU);
        Long memory = fields.integer("memory_mib", required, MIN_MEMORY_MIB, MAX_MEMORY_MIB);
        Long storage = fields.integer("storage_gib", required, 1, MAX_STORAGE_GIB);
        Long autosleep = fields.text("autosleep", Parameters::autosleep);
        if (present != null && storage != null && storage < present.storageGib()) {
            fields.refuse("storage_gib", "expected integer >= " + present.storageGib() + ": storage only grows");
        }
        fields.check();
        return new MachineService.Shape(
                vcpu,
                memory == null ? null : memory.intValue(),
                storage == null ? null : storage.intValue(),
                autosleep);
    }

    private Answer list(Call call) {
        return Answer.ok(Views.page(
                machines.list(),
                Parameters.cursor(call),
                Parameters.limit(call),
                machine -> Views.listedMachine(machine.view(), config.generation())));
    }

    private Answer update(Call call) {
        Machine machine = guarded(call);
        machines.update(machine, shape(Fields.of(call), false, machine.view()));
        return Answer.ok(Views.machine(machine.view()));
    }

    private Answer delete(Call call) {
        Machine machine = guarded(call);
        machines.delete(machine);
        Machine.View view = machine.view();
        return Answer.json(view.phase() == Phase.DESTROYED ? 200 : 202, Views.machine(view));
    }

    private Answer sleep(Call call) {
        Machine machine = guarded(call);
        if (config.sleepForbidden()) {
            throw new ApiException(ErrorCode.AUTH_SCOPE_FORBIDDEN, "This key may not put machines to sleep.")
                    .detail("required_scope", "machines:sleep");
        }
        machines.sleep(machine);
        return Answer.ok(Views.machineBriefly(machine.view(), config.generation()));
    }

    private CompletionStage<Answer> wake(Call call) {
        Machine machine = guarded(call);
        return machines.wake(machine)
                .copy()
                .completeOnTimeout(null, config.wakeAnswerWithin().toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(awake -> {
                    Machine.View view = machine.view();
                    boolean settled = view.phase() == Phase.RUNNING || view.phase() == Phase.FAILED;
                    return Answer.json(settled ? 200 : 202, Views.machineBriefly(view, config.generation()));
                });
    }

    /** The machine; in generation 1 only with its present revision in If-Match. */
    private Machine guarded(Call call) {
        Machine machine = machine(call);
        if (config.generation() == 1) {
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
