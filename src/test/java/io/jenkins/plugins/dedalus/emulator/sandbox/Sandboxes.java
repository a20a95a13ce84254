package io.jenkins.plugins.dedalus.emulator.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Boots machines, and finds those that survived. */
public final class Sandboxes implements AutoCloseable {
    /** A socket's path may have 103 characters at most, on some systems. */
    private static final int LONGEST_DIRECTORY = 88;

    private final boolean namespaces;
    private final boolean ephemeral;
    private final boolean layered;
    private final List<String> shared;
    private final Packages packages;
    private final Path root;
    private final Path sockets;
    private final String mark = UUID.randomUUID().toString();
    private final Signals signals = new Signals();
    private final AtomicLong socket = new AtomicLong();
    private Warden warden;

    /**
     * @param root where sockets may lie
     * @param namespaces whether each machine gets namespaces of its own
     * @param ephemeral whether machines end by themselves when the emulator is killed
     * @param provided the directory of packages that machines can install; null: none. Throws {@link IOException} with a
     *     sentence if it is no such
     */
    public Sandboxes(Path root, boolean namespaces, boolean ephemeral, Path provided) throws IOException {
        this.root = root;
        this.namespaces = namespaces;
        this.ephemeral = ephemeral;
        this.layered = namespaces && Namespaces.layersSupported(root);
        this.shared = Namespaces.shared(root);
        this.packages = provided == null ? Packages.none() : Packages.lay(root, provided, layered);
        Path near = root.resolve("run");
        this.sockets = near.toString().length() <= LONGEST_DIRECTORY
                ? Files.createDirectories(near)
                : Files.createTempDirectory("dedalus-relay-");
        deleteSockets();
    }

    /** Whether this host allows namespaces. */
    public static boolean namespacesSupported() {
        return Namespaces.supported();
    }

    /** Whether machines in namespaces have users other than root: those of a plain user's emulator have not. */
    public static boolean usersInNamespaces() {
        return Namespaces.ROOT;
    }

    /** Whether machines have ports of their own. */
    public boolean namespaces() {
        return namespaces;
    }

    /** What machines share with this host and each other of its files and Unix sockets, for people. */
    public String shared() {
        if (!layered) {
            return "they share this host's files and Unix sockets (only root, on a file system that allows overlays, can part"
                    + " them)";
        }
        return "each has /root /var /etc /usr /home and /run of its own"
                + (shared.isEmpty() ? "" : ", but for " + String.join(" ", shared) + ", where their files lie");
    }

    /** Whether machines have the system's directories for themselves. */
    public boolean layered() {
        return layered;
    }

    /** The packages that machines can install without a network. */
    public List<String> packages() {
        return packages.names();
    }

    /** Where machines look for programs; {@code host}: where this host does, may be null. */
    public String path(String host) {
        return packages.path(host);
    }

    /** Puts the system's directories of a machine that doesn't run back as they were at first. */
    public void resetRoot(Path directory) throws IOException {
        FileTrees.delete(directory.resolve(NamespaceSandbox.LAYERS));
    }

    /** Boots an empty machine whose files are below a directory. */
    public Sandbox boot(String machineId, Path directory) throws IOException {
        if (ephemeral) {
            watch();
        }
        return namespaces
                ? NamespaceSandbox.boot(directory, nextSocket(), signals, ephemeral ? mark : null, layered)
                : MarkerSandbox.boot(mark + "-" + machineId + "-" + UUID.randomUUID(), signals);
    }

    /** What is marked has to be looked for, and a frozen machine does not notice that the emulator is gone. */
    private synchronized void watch() throws IOException {
        if (warden == null) {
            warden = Warden.start(MarkerSandbox.VARIABLE + "=" + mark, root);
        }
    }

    /** Finds what survived of a machine; empty if nothing did. */
    public Optional<Sandbox> adopt(Path directory, Sandbox.Trace trace) throws IOException {
        return switch (trace.kind()) {
            case NamespaceSandbox.KIND -> NamespaceSandbox.adopt(directory, nextSocket(), signals, trace);
            case MarkerSandbox.KIND -> MarkerSandbox.adopt(signals, trace);
            default -> Optional.empty();
        };
    }

    private Path nextSocket() {
        return sockets.resolve(socket.incrementAndGet() + ".sock");
    }

    @Override
    public synchronized void close() throws IOException {
        signals.close();
        if (warden != null) {
            warden.close();
        }
        deleteSockets();
        Files.deleteIfExists(sockets);
    }

    private void deleteSockets() throws IOException {
        try (var files = Files.newDirectoryStream(sockets)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }
}
