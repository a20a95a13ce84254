package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the machines of an emulator that was stopped or killed, and what of their processes survived. */
final class Restorer {
    private final World world;
    private final Lifecycle lifecycle;
    private final PreviewService previews;

    Restorer(World world, Lifecycle lifecycle, PreviewService previews) {
        this.world = world;
        this.lifecycle = lifecycle;
        this.previews = previews;
    }

    List<Machine> restore() throws IOException {
        List<Machine> machines = new ArrayList<>();
        for (StateStore.KeptMachine kept : world.store().machines()) {
            Machine machine = machine(kept);
            executions(machine);
            processes(machine, kept);
            world.store().save(machine);
            machines.add(machine);
        }
        return machines;
    }

    private Machine machine(StateStore.KeptMachine kept) {
        Machine.View view = kept.view();
        Machine machine = new Machine(view.id(), world.root().resolve("disks").resolve(view.id()), view.createdAt());
        synchronized (machine) {
            machine.vcpu = view.vcpu();
            machine.memoryMib = view.memoryMib();
            machine.storageGib = view.storageGib();
            machine.autosleepSeconds = view.autosleepSeconds();
            machine.desired = view.desired();
            machine.phase = view.phase();
            machine.reason = view.reason();
            machine.retryable = view.retryable();
            machine.lastError = view.lastError();
            machine.revision = view.revision();
            machine.transitionAt = view.transitionAt();
            machine.progressAt = view.progressAt();
            machine.lastWake = kept.lastWake();
            machine.destroyedAt = kept.destroyedAt();
            machine.wakes = kept.wakes();
            machine.awake.restore(kept.awake());
            for (StateStore.KeptPreview one : kept.previews()) {
                Preview.View p = one.view();
                Preview preview = new Preview(
                        p.id(),
                        machine.id,
                        p.port(),
                        p.protocol(),
                        p.visibility(),
                        p.createdAt(),
                        world.config().namedHosts());
                preview.status = p.status().equals("wake_in_progress") ? "failed" : p.status();
                synchronized (preview) {
                    preview.readyAt = p.readyAt();
                    preview.listenPort = one.listenPort();
                }
                machine.previews.put(preview.id, preview);
            }
        }
        return machine;
    }

    private void executions(Machine machine) throws IOException {
        for (StateStore.KeptExecution kept : world.store().executions(machine.id)) {
            Execution.View view = kept.view();
            Execution execution =
                    new Execution(view.id(), machine.id, view.command(), view.cwd(), view.envKeys(), view.createdAt());
            execution.restore(view, kept.events());
            boolean interrupted = execution.finish(
                    new Execution.End(
                            "failed",
                            null,
                            null,
                            "execution_runner_interrupted",
                            "The execution was interrupted through no fault of its command."),
                    world.now());
            if (interrupted) {
                world.store().save(execution);
            }
            synchronized (machine) {
                machine.executions.put(execution.id, execution);
            }
        }
    }

    private void processes(Machine machine, StateStore.KeptMachine kept) throws IOException {
        Phase phase = kept.view().phase();
        if (phase == Phase.DESTROYED || phase == Phase.FAILED) {
            return;
        }
        Optional<Sandbox> survived =
                kept.trace() == null ? Optional.empty() : world.hardware().adopt(machine, kept.trace());
        synchronized (machine) {
            machine.sandbox = survived.orElse(null);
            machine.trace = survived.map(Sandbox::trace).orElse(null);
            machine.lastActivity = world.now();
        }
        if (phase == Phase.DESTROYING) {
            lifecycle.destroyed(machine);
            return;
        }
        for (Preview preview : previews.list(machine)) {
            if (preview.status.equals("ready")) {
                synchronized (preview) {
                    world.hardware().listen(world, machine, preview);
                }
            }
        }
        if (survived.isPresent()) {
            adopted(machine, phase);
        } else if (phase == Phase.ACCEPTED || phase == Phase.PLACEMENT_PENDING) {
            lifecycle.boot(machine);
        } else {
            synchronized (machine) {
                machine.desired = Phase.SLEEPING;
                machine.enter(Phase.SLEEPING, "HostRestarted", world.now());
            }
        }
    }

    private void adopted(Machine machine, Phase phase) throws IOException {
        previews.rewire(machine);
        boolean running = phase == Phase.RUNNING || phase == Phase.STARTING || phase == Phase.PLACEMENT_PENDING;
        if (running) {
            machine.sandbox.thaw();
        } else {
            machine.sandbox.freeze();
        }
        synchronized (machine) {
            machine.desired = running ? Phase.RUNNING : Phase.SLEEPING;
            machine.enter(running ? Phase.RUNNING : Phase.SLEEPING, "HostRestarted", world.now());
        }
    }
}
