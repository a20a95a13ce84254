package io.jenkins.plugins.dedalus.emulator;

import io.jenkins.plugins.dedalus.emulator.api.ApiServer;
import io.jenkins.plugins.dedalus.emulator.core.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A running emulator. {@code try (Emulator dedalus = Emulator.start(EmulatorConfig.defaults())) { … }}: closing it ends
 * every process it started.
 */
public final class Emulator implements AutoCloseable {
    private final EmulatorConfig config;
    private final CallLog calls = new CallLog();
    private final FaultControl faults = new FaultControl();
    private final ControlPlane plane;
    private final ApiServer server;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Emulator(EmulatorConfig config) throws IOException {
        this.config = config;
        config.faults().forEach(faults::add);
        plane = new ControlPlane(config, faults);
        try {
            server = new ApiServer(config, plane, faults, calls);
        } catch (IOException e) {
            plane.close();
            throw e;
        }
    }

    /** Starts one; returns once it answers. Throws {@link IOException} with a sentence if it can't. */
    public static Emulator start(EmulatorConfig config) throws IOException {
        return new Emulator(config);
    }

    /** Where the API is, e.g. {@code http://127.0.0.1:7070}. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** The key that the API accepts. */
    public String apiKey() {
        return config.apiKey();
    }

    /** The API calls so far. */
    public CallLog calls() {
        return calls;
    }

    /** What is to go wrong. */
    public FaultControl faults() {
        return faults;
    }

    /** All machines, oldest first, destroyed ones included. */
    public List<EmulatedMachine> machines() {
        return plane.machines().inspect();
    }

    /** One machine; throws {@link java.util.NoSuchElementException}. */
    public EmulatedMachine machine(String machineId) {
        return machines().stream()
                .filter(machine -> machine.id().equals(machineId))
                .findFirst()
                .orElseThrow();
    }

    /** Whether machines have PID and network namespaces of their own. */
    public boolean namespaces() {
        return plane.namespaces();
    }

    /** What machines share of this host's files and Unix sockets, in words. */
    public String shared() {
        return plane.shared();
    }

    /** The packages that machines can install without a network. */
    public List<String> packages() {
        return plane.packages();
    }

    /** Where machines and metadata lie. */
    public Path state() {
        return plane.root();
    }

    /** Ends every process it started and closes every connection. A temporary state directory goes too. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        faults.clear();
        try {
            try {
                server.close();
            } finally {
                plane.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The emulator could not be closed", e);
        }
    }
}
