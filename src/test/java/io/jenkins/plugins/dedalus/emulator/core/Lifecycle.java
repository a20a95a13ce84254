package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Takes machines from phase to phase. A machine's processes are touched under its {@code directory}'s monitor only. */
final class Lifecycle {
    private static final long STUCK_POLL_MILLIS = 50;

    private final World world;
    private final PreviewService previews;

    Lifecycle(World world, PreviewService previews) {
        this.world = world;
        this.previews = previews;
    }

    /** Takes a new machine to running. */
    void boot(Machine machine) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (machine) {
            machine.transition = done;
            long clears = world.faults().clears();
            boolean stuck =
                    world.faults().take(Fault.Kind.PLACEMENT_STUCK, machine.id).isPresent();
            machine.retryable = stuck;
            machine.enter(Phase.PLACEMENT_PENDING, stuck ? "NoReadyHosts" : "Placing", world.now());
            if (stuck) {
                awaitHost(machine, clears, done);
            } else {
                world.workers().later(world.config().bootDelay().toMillis(), () -> booted(machine, done));
            }
        }
    }

    private void awaitHost(Machine machine, long clears, CompletableFuture<Void> done) {
        world.workers().later(STUCK_POLL_MILLIS, () -> {
            if (world.faults().clears() == clears && machine.view().phase() == Phase.PLACEMENT_PENDING) {
                awaitHost(machine, clears, done);
            } else {
                booted(machine, done);
            }
        });
    }

    private void booted(Machine machine, CompletableFuture<Void> done) {
        synchronized (machine.directory) {
            if (machine.view().phase() == Phase.PLACEMENT_PENDING) {
                if (world.faults().take(Fault.Kind.STORAGE_FAILS, machine.id).isPresent()) {
                    fail(machine, "StorageProvisioningFailed", "The machine's storage could not be provisioned.");
                    world.store().save(machine);
                    done.complete(null);
                    return;
                }
                try {
                    bootProcesses(machine);
                    synchronized (machine) {
                        machine.retryable = false;
                        machine.enter(Phase.RUNNING, "Running", world.now());
                    }
                } catch (IOException e) {
                    fail(machine, "RuntimeBootFailed", e.getMessage());
                }
                world.store().save(machine);
            }
        }
        done.complete(null);
    }

    private void bootProcesses(Machine machine) throws IOException {
        Sandbox sandbox = world.hardware().boot(machine);
        synchronized (machine) {
            machine.sandbox = sandbox;
            machine.trace = sandbox.trace();
        }
        previews.rewire(machine);
    }

    private void fail(Machine machine, String reason, String error) {
        synchronized (machine) {
            machine.lastError = error;
            machine.enter(Phase.FAILED, reason, world.now());
        }
    }

    /** Wakes a machine; complete once it runs, or can't. Throws {@link ApiException} where it is being destroyed. */
    CompletableFuture<Void> wake(Machine machine) {
        synchronized (machine) {
            switch (machine.phase) {
                case RUNNING -> {
                    machine.touch(world.now());
                    return CompletableFuture.completedFuture(null);
                }
                case FAILED -> {
                    return CompletableFuture.completedFuture(null);
                }
                case ACCEPTED, PLACEMENT_PENDING, STARTING -> {
                    return machine.transition;
                }
                case STOPPING -> {
                    return machine.transition.thenCompose(slept -> wake(machine));
                }
                case SLEEPING -> {
                    CompletableFuture<Void> done = new CompletableFuture<>();
                    machine.transition = done;
                    machine.desired = Phase.RUNNING;
                    machine.enter(Phase.STARTING, "Waking", world.now());
                    long clears = world.faults().clears();
                    if (world.faults().take(Fault.Kind.WAKE_HELD, machine.id).isPresent()) {
                        awaitRelease(machine, clears, done);
                    } else {
                        world.workers().later(wakeMillis(machine), () -> woken(machine, done));
                    }
                    return done;
                }
                default -> throw invalidState(machine, "woken");
            }
        }
    }

    /** Boots a running machine anew; complete once it runs again. Throws {@link ApiException}. */
    CompletableFuture<Void> reboot(Machine machine) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (machine) {
            if (machine.phase != Phase.RUNNING) {
                throw invalidState(machine, "rebooted");
            }
            machine.transition = done;
            machine.enter(Phase.STARTING, "Rebooting", world.now());
        }
        world.workers().later(world.config().bootDelay().toMillis(), () -> rebooted(machine, done));
        return done;
    }

    private void rebooted(Machine machine, CompletableFuture<Void> done) {
        synchronized (machine.directory) {
            if (machine.view().phase() == Phase.STARTING) {
                try {
                    killProcesses(machine, "execution_runner_interrupted");
                    bootProcesses(machine);
                    synchronized (machine) {
                        machine.enter(Phase.RUNNING, "Running", world.now());
                    }
                } catch (IOException e) {
                    fail(machine, "RuntimeBootFailed", e.getMessage());
                }
                world.store().save(machine);
            }
        }
        done.complete(null);
    }

    private void awaitRelease(Machine machine, long clears, CompletableFuture<Void> done) {
        world.workers().later(STUCK_POLL_MILLIS, () -> {
            if (world.faults().clears() == clears && machine.view().phase() == Phase.STARTING) {
                awaitRelease(machine, clears, done);
            } else {
                woken(machine, done);
            }
        });
    }

    private long wakeMillis(Machine machine) {
        long jitter = world.config().wakeJitter().toMillis();
        return world.config().wakeDelay().toMillis()
                + (jitter == 0 ? 0 : world.random().nextInt((int) jitter + 1))
                + world.faults()
                        .take(Fault.Kind.WAKE_SLOW, machine.id)
                        .map(Fault::delayMs)
                        .orElse(0L);
    }

    private void woken(Machine machine, CompletableFuture<Void> done) {
        synchronized (machine.directory) {
            if (machine.view().phase() == Phase.STARTING) {
                try {
                    resume(machine);
                } catch (IOException e) {
                    fail(machine, "RuntimeWakeFailed", e.getMessage());
                }
                world.store().save(machine);
            }
        }
        done.complete(null);
    }

    private void resume(Machine machine) throws IOException {
        if (world.faults().take(Fault.Kind.WAKE_FAILS, machine.id).isPresent()) {
            killProcesses(machine, "execution_runner_interrupted");
            fail(machine, "RuntimeWakeFailed", "The runtime did not come up on its host.");
            return;
        }
        boolean lost = world.faults().take(Fault.Kind.MEMORY_LOST, machine.id).isPresent();
        boolean reset = world.faults().take(Fault.Kind.ROOT_RESET, machine.id).isPresent();
        if (lost || reset || machine.sandbox == null) {
            killProcesses(machine, "execution_runner_interrupted");
            if (reset) {
                world.hardware().resetRoot(machine);
            }
            bootProcesses(machine);
        } else {
            machine.sandbox.thaw();
        }
        synchronized (machine) {
            machine.lastWake = world.now();
            machine.wakes++;
            machine.enter(Phase.RUNNING, "Running", world.now());
        }
    }

    /**
     * Puts a running machine to sleep.
     *
     * @param unless asked on the relay's thread, right before the door shuts; true: it stays awake after all; null:
     *     it sleeps in any case
     * @return whether it sleeps now, or is about to
     */
    boolean sleep(Machine machine, String reason, BooleanSupplier unless) {
        synchronized (machine.directory) {
            if (machine.view().phase() != Phase.RUNNING || !world.hardware().shut(machine, unless)) {
                return false;
            }
            CompletableFuture<Void> done = new CompletableFuture<>();
            synchronized (machine) {
                if (machine.phase != Phase.RUNNING) {
                    return false;
                }
                machine.transition = done;
                machine.desired = Phase.SLEEPING;
                machine.enter(Phase.STOPPING, reason, world.now());
            }
            machine.sandbox.freeze();
            long millis = sleepMillis(machine);
            if (millis == 0) {
                asleep(machine, reason, done);
            } else {
                world.store().save(machine);
                world.workers().later(millis, () -> asleep(machine, reason, done));
            }
            return true;
        }
    }

    private long sleepMillis(Machine machine) {
        return world.config().sleepDelay().toMillis()
                + world.faults()
                        .take(Fault.Kind.SLEEP_SLOW, machine.id)
                        .map(Fault::delayMs)
                        .orElse(0L);
    }

    private void asleep(Machine machine, String reason, CompletableFuture<Void> done) {
        synchronized (machine.directory) {
            synchronized (machine) {
                if (machine.phase == Phase.STOPPING) {
                    machine.enter(Phase.SLEEPING, reason, world.now());
                }
            }
            world.store().save(machine);
        }
        done.complete(null);
    }

    /** Begins to destroy a machine; idempotent. */
    void destroy(Machine machine) {
        synchronized (machine) {
            if (machine.phase == Phase.DESTROYING || machine.phase == Phase.DESTROYED) {
                return;
            }
            machine.desired = Phase.DESTROYED;
            machine.enter(Phase.DESTROYING, "Requested", world.now());
        }
        world.store().save(machine);
        world.workers().execute(() -> destroyed(machine));
    }

    /** Destroys what {@link #destroy} began with. */
    void destroyed(Machine machine) {
        synchronized (machine.directory) {
            if (machine.view().phase() != Phase.DESTROYING) {
                return;
            }
            previews.closeAll(machine);
            killProcesses(machine, "machine_not_found");
            try {
                world.hardware().wipe(machine);
            } catch (IOException e) {
                throw new UncheckedIOException("The files of machine " + machine.id + " could not be wiped", e);
            }
            synchronized (machine) {
                machine.destroyedAt = world.now();
                machine.enter(Phase.DESTROYED, "Destroyed", world.now());
            }
            world.store().save(machine);
        }
    }

    /** Ends all processes of a machine, and what ran there with an error code. */
    void killProcesses(Machine machine, String executionError) {
        Sandbox sandbox;
        synchronized (machine) {
            sandbox = machine.sandbox;
            machine.sandbox = null;
            machine.trace = null;
            for (Execution execution : machine.executions.values()) {
                execution.stop(new Execution.End(
                        "failed",
                        null,
                        null,
                        executionError,
                        "The machine's processes are gone, through no fault of it."));
            }
        }
        if (sandbox != null) {
            sandbox.kill();
        }
    }

    static ApiException invalidState(Machine machine, String what) {
        return new ApiException(
                ErrorCode.INVALID_STATE,
                "Machine " + machine.id + " is " + machine.phase.wire() + " and can't be " + what + ".");
    }
}
