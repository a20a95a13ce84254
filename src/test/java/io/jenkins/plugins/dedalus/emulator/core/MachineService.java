package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.EmulatedMachine;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Machines: made, read, changed, put to sleep, woken and destroyed. */
public final class MachineService {
    private static final long AUTOSLEEP_TICK_MILLIS = 50;
    private static final double VCPU = 1;
    private static final int MEMORY_MIB = 4096;
    private static final int STORAGE_GIB = 10;

    /** What a machine is to be like; null keeps what is, or takes the default. */
    public record Shape(Double vcpu, Integer memoryMib, Integer storageGib, Long autosleepSeconds) {}

    private final World world;
    private final Lifecycle lifecycle;
    private final Map<String, Machine> machines = new LinkedHashMap<>();

    MachineService(World world, Lifecycle lifecycle) {
        this.world = world;
        this.lifecycle = lifecycle;
        world.workers().every(AUTOSLEEP_TICK_MILLIS, this::autosleep);
    }

    /** Makes a machine. Throws {@link ApiException} where the plan allows no more. */
    public Machine create(Shape shape) {
        String id = world.newMachineId();
        Machine machine = new Machine(id, world.root().resolve("disks").resolve(id), world.now());
        machine.vcpu = shape.vcpu() == null ? VCPU : shape.vcpu();
        machine.memoryMib = shape.memoryMib() == null ? MEMORY_MIB : shape.memoryMib();
        machine.storageGib = shape.storageGib() == null ? STORAGE_GIB : shape.storageGib();
        machine.autosleepSeconds = shape.autosleepSeconds() == null
                ? world.config().defaultAutosleep().toSeconds()
                : shape.autosleepSeconds();
        synchronized (machines) {
            long alive = machines.values().stream()
                    .filter(one -> one.view().phase() != Phase.DESTROYED)
                    .count();
            if (alive >= world.config().machineQuota()) {
                throw new ApiException(
                                ErrorCode.QUOTA_EXCEEDED,
                                "The plan allows " + world.config().machineQuota()
                                        + " machines, and there are that many. Delete one, or change the plan.")
                        .detail("limit", world.config().machineQuota());
            }
            machines.put(machine.id, machine);
        }
        world.store().save(machine);
        lifecycle.boot(machine);
        return machine;
    }

    /** A machine by its id. Throws {@link ApiException}. */
    public Machine get(String id) {
        synchronized (machines) {
            Machine machine = machines.get(id);
            if (machine == null) {
                throw new ApiException(ErrorCode.MACHINE_NOT_FOUND, "There is no machine " + id + ".")
                        .detail("machine_id", id);
            }
            return machine;
        }
    }

    /** All machines, oldest first, destroyed ones included. */
    public List<Machine> all() {
        synchronized (machines) {
            return new ArrayList<>(machines.values());
        }
    }

    /** Machines that are not destroyed, oldest first. */
    public List<Machine> list() {
        return all().stream()
                .filter(machine -> machine.view().phase() != Phase.DESTROYED)
                .toList();
    }

    /** Changes a machine. Throws {@link ApiException} where storage would shrink or the machine is going. */
    public void update(Machine machine, Shape shape) {
        synchronized (machine) {
            if (machine.desired == Phase.DESTROYED) {
                throw Lifecycle.invalidState(machine, "changed");
            }
            machine.vcpu = shape.vcpu() == null ? machine.vcpu : shape.vcpu();
            if (shape.memoryMib() != null) {
                machine.memoryMib = shape.memoryMib();
                machine.resizeState = world.faults()
                                .take(Fault.Kind.RESIZE_PENDING, machine.id)
                                .isPresent()
                        ? "pending_capacity"
                        : "stable";
            }
            machine.storageGib = shape.storageGib() == null ? machine.storageGib : shape.storageGib();
            machine.autosleepSeconds =
                    shape.autosleepSeconds() == null ? machine.autosleepSeconds : shape.autosleepSeconds();
            machine.changed(world.now());
        }
        world.store().save(machine);
    }

    /** Puts a machine to sleep; complete once it sleeps or is about to. Throws {@link ApiException}. */
    public CompletableFuture<Void> sleep(Machine machine) {
        CompletableFuture<Void> stopping;
        synchronized (machine) {
            if (machine.phase == Phase.SLEEPING) {
                return CompletableFuture.completedFuture(null);
            }
            stopping = machine.phase == Phase.STOPPING ? machine.transition : null;
            if (stopping == null && machine.phase != Phase.RUNNING) {
                throw Lifecycle.invalidState(machine, "put to sleep");
            }
            Duration held = held(machine);
            if (stopping == null && !held.isZero()) {
                Instant eligible = world.now().plus(held);
                throw new ApiException(
                                ErrorCode.SLEEP_HOLD_WINDOW_ACTIVE,
                                "Machine " + machine.id + " was just woken and can't sleep before " + eligible + ".")
                        .detail("last_wake_at", machine.lastWake.toString())
                        .detail("next_sleep_eligible_at", eligible.toString())
                        .detail("remaining_ms", held.toMillis());
            }
        }
        if (stopping != null) {
            return stopping;
        }
        lifecycle.sleep(machine, "Requested", null);
        return CompletableFuture.completedFuture(null);
    }

    private Duration held(Machine machine) {
        if (machine.lastWake == null) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(
                world.now(), machine.lastWake.plus(world.config().holdWindow()));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private void autosleep() {
        for (Machine machine : list()) {
            if (idle(machine)) {
                world.workers().execute(() -> lifecycle.sleep(machine, "AutosleepIdle", () -> !idle(machine)));
            }
        }
    }

    private boolean idle(Machine machine) {
        synchronized (machine) {
            return machine.phase == Phase.RUNNING
                    && machine.autosleepSeconds > 0
                    && machine.runningExecutions.get() == 0
                    && !machine.lastActivity
                            .plusSeconds(machine.autosleepSeconds)
                            .isAfter(world.now())
                    && held(machine).isZero();
        }
    }

    /** Wakes a machine; complete once it runs or can't. Throws {@link ApiException}. */
    public CompletableFuture<Void> wake(Machine machine) {
        return lifecycle.wake(machine);
    }

    /** Ends all processes of a running machine and boots it again, its files kept. Throws {@link ApiException}. */
    public CompletableFuture<Void> reboot(Machine machine) {
        return lifecycle.reboot(machine);
    }

    /** Begins to destroy a machine; idempotent. */
    public void delete(Machine machine) {
        lifecycle.destroy(machine);
    }

    /** What a test sees, destroyed machines included. */
    public List<EmulatedMachine> inspect() {
        return all().stream().map(MachineService::inspect).toList();
    }

    private static EmulatedMachine inspect(Machine machine) {
        Sandbox sandbox;
        synchronized (machine) {
            sandbox = machine.sandbox;
        }
        Set<Long> pids = sandbox == null ? Set.of() : sandbox.pids();
        synchronized (machine) {
            return new EmulatedMachine(machine.id, machine.phase.wire(), machine.home(), pids, machine.wakes);
        }
    }

    void restore(Collection<Machine> found) {
        synchronized (machines) {
            found.forEach(machine -> machines.put(machine.id, machine));
        }
    }
}
