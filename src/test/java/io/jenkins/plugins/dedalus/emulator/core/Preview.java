package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.relay.PreviewServer;
import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;
import java.time.Instant;

/** One preview of a machine's port. Guarded by its own monitor, but for those fields that say otherwise. */
public final class Preview {
    /** What the API shows of a preview at one moment. */
    public record View(
            String id,
            String machineId,
            int port,
            String protocol,
            String visibility,
            String status,
            String url,
            Instant createdAt,
            Instant readyAt,
            Long retryAfterMillis,
            String errorCode,
            String errorMessage) {}

    final String id;
    final String machineId;
    final int port;
    final String protocol;
    final String visibility;
    final Instant createdAt;
    private final String host;

    /** Where the relay connects; any thread. */
    volatile Sandbox.Route route;

    volatile String status = "wake_in_progress";
    Instant readyAt;
    int listenPort;
    PreviewServer server;

    /** {@code named}: its URL has a host name of its own, below localhost. */
    Preview(
            String id,
            String machineId,
            int port,
            String protocol,
            String visibility,
            Instant createdAt,
            boolean named) {
        this.id = id;
        this.host = named ? id + ".localhost" : "127.0.0.1";
        this.machineId = machineId;
        this.port = port;
        this.protocol = protocol;
        this.visibility = visibility;
        this.createdAt = createdAt;
    }

    /** Frees the port; the preview stays what it is. */
    synchronized void stopListening() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    /** Says at which port of loopback it answers. */
    public synchronized void listensAt(int loopbackPort) {
        listenPort = loopbackPort;
    }

    /** What the API shows now. */
    public synchronized View view() {
        boolean failed = status.equals("failed");
        return new View(
                id,
                machineId,
                port,
                protocol,
                visibility,
                status,
                status.equals("ready") ? "http://" + host + ":" + listenPort : null,
                createdAt,
                readyAt,
                status.equals("wake_in_progress") ? 250L : null,
                failed ? "machine_not_routable" : null,
                failed ? "The machine did not come up." : null);
    }
}
