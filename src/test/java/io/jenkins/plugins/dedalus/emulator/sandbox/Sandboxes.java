package io.jenkins.plugins.dedalus.emulator.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Boots machines, and finds those that survived. */
public final class Sandboxes implements AutoCloseable {
    /** A socket's path may have 103 characters at most, on some systems. */
    private static final int LONGEST_DIRECTORY = 88;

    private final boolean namespaces;
    private final boolean ephemeral;
    private final Path sockets;
    private final Signals signals = new Signals();
    private final AtomicLong socket = new AtomicLong();

    /**
     * @param root where sockets may lie
     * @param namespaces whether each machine gets namespaces of its own
     * @param ephemeral whether machines end by themselves when the emulator is killed
     */
    public Sandboxes(Path root, boolean namespaces, boolean ephemeral) throws IOException {
        this.namespaces = namespaces;
        this.ephemeral = ephemeral;
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

    /** Whether machines have ports of their own. */
    public boolean namespaces() {
        return namespaces;
    }

    /** Boots an empty machine whose files are below a directory. */
    public Sandbox boot(String machineId, Path directory) throws IOException {
        return namespaces
                ? NamespaceSandbox.boot(directory, nextSocket(), signals, ephemeral)
                : MarkerSandbox.boot(machineId + "-" + UUID.randomUUID(), signals);
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
    public void close() throws IOException {
        signals.close();
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
