package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.FaultControl;
import io.jenkins.plugins.dedalus.emulator.sandbox.FileTrees;
import io.jenkins.plugins.dedalus.emulator.sandbox.Sandboxes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;

/** All services of one emulator, and what they stand on. */
public final class ControlPlane implements AutoCloseable {
    private final World world;
    private final boolean ownsRoot;
    private final MachineService machines;
    private final ExecutionService executions;
    private final PreviewService previews;
    private final Lifecycle lifecycle;
    private final Usage usage;

    /** Starts it, with the machines that its directory knows. Throws {@link IOException} with a sentence. */
    public ControlPlane(EmulatorConfig config, FaultControl faults) throws IOException {
        // Database servers, which come as packages, refuse to run as root.
        boolean wanted =
                switch (config.isolation()) {
                    case OFF -> false;
                    case NAMESPACES -> true;
                    case AUTO -> config.packages() == null || Sandboxes.usersInNamespaces();
                };
        boolean namespaces = wanted && Sandboxes.namespacesSupported();
        if (!namespaces && config.isolation() == EmulatorConfig.Isolation.NAMESPACES) {
            throw new IOException(
                    "This host allows no PID and network namespaces (unshare, nsenter), but they are demanded.");
        }
        ownsRoot = config.state() == null;
        Path root = ownsRoot
                ? passable(Files.createTempDirectory("dedalus-emulator-").toRealPath())
                : Files.createDirectories(config.state()).toRealPath();
        world = new World(
                config,
                root,
                faults,
                new HostHardware(sandboxes(root, namespaces, config.packages())),
                new WorkerThreads(),
                new StateStore(root, !ownsRoot),
                new SecureRandom());
        previews = new PreviewService(world);
        lifecycle = new Lifecycle(world, previews);
        machines = new MachineService(world, lifecycle);
        executions = new ExecutionService(world, lifecycle);
        usage = new Usage(world, machines);
        machines.restore(new Restorer(world, lifecycle, previews).restore());
    }

    /** A machine's other users get to its files by their names, as they would on a machine; on this host nobody can list them. */
    private static Path passable(Path directory) throws IOException {
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }

    private Sandboxes sandboxes(Path root, boolean namespaces, Path packages) throws IOException {
        try {
            return new Sandboxes(root, namespaces, ownsRoot, packages);
        } catch (IOException e) {
            if (ownsRoot) {
                FileTrees.delete(root);
            }
            throw e;
        }
    }

    /** Starts one that keeps nothing and stands on what it is given: no thread, process, file or socket but theirs. */
    public ControlPlane(EmulatorConfig config, FaultControl faults, Hardware hardware, Workers workers, Random random) {
        ownsRoot = false;
        world = new World(config, Path.of("played"), faults, hardware, workers, StateStore.none(), random);
        previews = new PreviewService(world);
        lifecycle = new Lifecycle(world, previews);
        machines = new MachineService(world, lifecycle);
        executions = new ExecutionService(world, lifecycle);
        usage = new Usage(world, machines);
    }

    /** The machines. */
    public MachineService machines() {
        return machines;
    }

    /** The executions. */
    public ExecutionService executions() {
        return executions;
    }

    /** The previews. */
    public PreviewService previews() {
        return previews;
    }

    /** Exposes a port of a machine, which is woken for it. Throws {@link ApiException}. */
    public Preview createPreview(Machine machine, int port, String protocol, String visibility) {
        return previews.create(machine, port, protocol, visibility, then -> machines.wake(machine)
                .whenComplete((awake, failure) -> then.run()));
    }

    /** The usage. */
    public Usage usage() {
        return usage;
    }

    /** The threads. */
    public Workers workers() {
        return world.workers();
    }

    /** What is kept. */
    public StateStore store() {
        return world.store();
    }

    /** Whether machines have namespaces of their own. */
    public boolean namespaces() {
        return world.hardware().namespaces();
    }

    /** What machines share with each other, in words. */
    public String shared() {
        return world.hardware().shared();
    }

    /** The packages that machines can install without a network. */
    public List<String> packages() {
        return world.hardware().packages();
    }

    /** Where everything lies. */
    public Path root() {
        return world.root();
    }

    /** Ends every process; machines that are kept come back asleep, their memory lost. */
    @Override
    public void close() throws IOException {
        world.workers().stopTimer();
        for (Machine machine : machines.all()) {
            synchronized (machine.directory) {
                lifecycle.killProcesses(machine, "execution_runner_interrupted");
                previews.list(machine).forEach(Preview::stopListening);
            }
            world.store().save(machine);
        }
        world.workers().close();
        world.hardware().close();
        world.store().close();
        if (ownsRoot) {
            FileTrees.delete(world.root());
        }
    }
}
