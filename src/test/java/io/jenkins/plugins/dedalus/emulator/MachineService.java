package io.jenkins.plugins.dedalus.emulator;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Machines come, sleep, wake and go. */
final class MachineService {
    private final EmulatorConfig config;
    private final Path root;
    private final Clock clock;
    private final FaultControl faults;
    private final ScheduledExecutorService timer;
    private final boolean namespaces;
    private final Map<String, EmulatedMachine> machines = new LinkedHashMap<>();
    private final SecureRandom random = new SecureRandom();

    MachineService(
            EmulatorConfig config,
            Path root,
            Clock clock,
            FaultControl faults,
            ScheduledExecutorService timer,
            boolean namespaces) {
        this.config = config;
        this.root = root;
        this.clock = clock;
        this.faults = faults;
        this.timer = timer;
        this.namespaces = namespaces;
        timer.scheduleWithFixedDelay(this::autosleep, 100, 100, TimeUnit.MILLISECONDS);
    }

    EmulatedMachine create(double vcpu, int memoryMib, int storageGib, Duration autosleep) {
        EmulatedMachine machine;
        synchronized (machines) {
            long alive = machines.values().stream().filter(m -> !m.phase().equals("destroyed")).count();
            if (alive >= config.machineQuota()) {
                throw ApiError.of(403, "QUOTA_EXCEEDED", "The plan allows " + config.machineQuota() + " machines.");
            }
            String id = "dm-" + Long.toString(Math.abs(random.nextLong()), 36) + "x";
            machine = new EmulatedMachine(id, root.resolve(id), clock.instant());
            machine.vcpu = vcpu;
            machine.memoryMib = memoryMib;
            machine.storageGib = storageGib;
            machine.autosleep = autosleep;
            machines.put(id, machine);
        }
        if (faults.take(Fault.Kind.PLACEMENT_STUCK).isPresent()) {
            machine.retryable = true;
            machine.enter("placement_pending", "NoReadyHosts", clock.instant());
            return machine;
        }
        machine.enter("placement_pending", "Placing", clock.instant());
        timer.schedule(() -> boot(machine), config.bootDelay().toMillis(), TimeUnit.MILLISECONDS);
        return machine;
    }

    private void boot(EmulatedMachine machine) {
        synchronized (machine) {
            if (!machine.desired.equals("running")) {
                return;
            }
            try {
                Files.createDirectories(machine.home());
                Files.createDirectories(machine.directory.resolve("tmp"));
                machine.sandbox = sandbox(machine);
                machine.enter("running", "Running", clock.instant());
            } catch (IOException e) {
                machine.lastError = e.getMessage();
                machine.enter("failed", "BootFailed", clock.instant());
            }
        }
    }

    private Sandbox sandbox(EmulatedMachine machine) throws IOException {
        return namespaces
                ? NamespaceSandbox.boot(machine.directory, machine.directory.resolve("relay.sock"))
                : new MarkerSandbox(machine.id);
    }

    EmulatedMachine get(String id) {
        synchronized (machines) {
            EmulatedMachine machine = machines.get(id);
            if (machine == null) {
                throw ApiError.notFound("Machine", id);
            }
            return machine;
        }
    }

    List<EmulatedMachine> list() {
        synchronized (machines) {
            return new ArrayList<>(machines.values());
        }
    }

    void sleep(EmulatedMachine machine) {
        synchronized (machine) {
            if (machine.phase.equals("sleeping")) {
                return;
            }
            if (!machine.phase.equals("running")) {
                throw ApiError.of(409, "INVALID_STATE", "Machine " + machine.id + " is " + machine.phase + ".");
            }
            if (machine.lastWake != null) {
                Instant eligible = machine.lastWake.plus(config.holdWindow());
                long left = Duration.between(clock.instant(), eligible).toMillis();
                if (left > 0) {
                    throw ApiError.of(409, "SLEEP_HOLD_WINDOW_ACTIVE", "The machine was just woken.")
                            .detail("last_wake_at", machine.lastWake.toString())
                            .detail("next_sleep_eligible_at", eligible.toString())
                            .detail("remaining_ms", left);
                }
            }
            freeze(machine, "Requested");
        }
    }

    private void freeze(EmulatedMachine machine, String why) {
        machine.desired = "sleeping";
        machine.enter("sleeping", why, clock.instant());
        machine.sandbox.freeze();
    }

    private void autosleep() {
        for (EmulatedMachine machine : list()) {
            synchronized (machine) {
                if (machine.phase.equals("running")
                        && machine.autosleep != null
                        && machine.runningExecutions == 0
                        && machine.lastActivity.plus(machine.autosleep).isBefore(clock.instant())) {
                    freeze(machine, "Autosleep");
                }
            }
        }
    }

    /** Wakes and waits until the machine runs. */
    void wake(EmulatedMachine machine) throws InterruptedException {
        synchronized (machine) {
            if (machine.phase.equals("running")) {
                machine.touch(clock.instant());
                return;
            }
            if (machine.phase.equals("starting")) {
                await(machine);
                return;
            }
            if (!machine.phase.equals("sleeping")) {
                throw ApiError.of(409, "INVALID_STATE", "Machine " + machine.id + " is " + machine.phase + ".");
            }
            machine.desired = "running";
            machine.enter("starting", "Waking", clock.instant());
            long delay = config.wakeDelay().toMillis();
            if (!config.wakeJitter().isZero()) {
                delay += random.nextInt((int) config.wakeJitter().toMillis());
            }
            Optional<Fault> slow = faults.take(Fault.Kind.WAKE_SLOW);
            delay += slow.map(Fault::millis).orElse(0L);
            if (faults.take(Fault.Kind.WAKE_HANGS).isPresent()) {
                delay = TimeUnit.DAYS.toMillis(1);
            }
            timer.schedule(() -> woken(machine), delay, TimeUnit.MILLISECONDS);
            await(machine);
        }
    }

    private static void await(EmulatedMachine machine) throws InterruptedException {
        while (machine.phase.equals("starting")) {
            machine.wait(1000);
        }
    }

    private void woken(EmulatedMachine machine) {
        synchronized (machine) {
            if (!machine.phase.equals("starting")) {
                return;
            }
            if (faults.take(Fault.Kind.WAKE_FAILS).isPresent()) {
                machine.lastError = "RuntimeWakeFailed";
                machine.sandbox.kill();
                machine.enter("failed", "RuntimeWakeFailed", clock.instant());
                return;
            }
            if (faults.take(Fault.Kind.MEMORY_LOST).isPresent()) {
                machine.sandbox.kill();
                try {
                    machine.sandbox = sandbox(machine);
                } catch (IOException e) {
                    machine.lastError = e.getMessage();
                    machine.enter("failed", "RuntimeWakeFailed", clock.instant());
                    return;
                }
            } else {
                machine.sandbox.thaw();
            }
            machine.lastWake = clock.instant();
            machine.enter("running", "Running", clock.instant());
        }
    }

    void delete(EmulatedMachine machine) {
        synchronized (machine) {
            if (machine.phase.equals("destroyed")) {
                return;
            }
            machine.desired = "destroyed";
            machine.enter("destroying", "Requested", clock.instant());
            if (machine.sandbox != null) {
                machine.sandbox.kill();
                machine.sandbox = null;
            }
            machine.previews.values().forEach(p -> {
                p.status = "closed";
                if (p.listener != null) {
                    p.listener.close();
                }
            });
            wipe(machine.directory);
            machine.enter("destroyed", "Destroyed", clock.instant());
        }
    }

    void close() {
        Collection<EmulatedMachine> all = list();
        for (EmulatedMachine machine : all) {
            synchronized (machine) {
                if (machine.sandbox != null) {
                    machine.sandbox.kill();
                }
            }
        }
    }

    static void wipe(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                    Files.deleteIfExists(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new IllegalStateException("Could not wipe " + directory + ": " + e.getMessage(), e);
        }
    }
}
