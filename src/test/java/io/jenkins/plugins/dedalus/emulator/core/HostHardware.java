package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.relay.Loop;
import io.jenkins.plugins.dedalus.emulator.relay.PreviewServer;
import io.jenkins.plugins.dedalus.emulator.sandbox.FileTrees;
import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;
import io.jenkins.plugins.dedalus.emulator.sandbox.Sandboxes;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Machines as process trees of this host, their files in directories, their previews on loopback. */
final class HostHardware implements Hardware {
    private static final long SHUT_SECONDS = 60;

    private final Sandboxes sandboxes;
    private final Loop relay = new Loop("emulator-relay");

    HostHardware(Sandboxes sandboxes) throws IOException {
        this.sandboxes = sandboxes;
    }

    @Override
    public boolean namespaces() {
        return sandboxes.namespaces();
    }

    @Override
    public String shared() {
        return sandboxes.shared();
    }

    @Override
    public List<String> packages() {
        return sandboxes.packages();
    }

    @Override
    public String path(String host) {
        return sandboxes.path(host);
    }

    @Override
    public void resetRoot(Machine machine) throws IOException {
        sandboxes.resetRoot(machine.directory);
        FileTrees.delete(machine.temporary());
    }

    @Override
    public Sandbox boot(Machine machine) throws IOException {
        Files.createDirectories(machine.home());
        Files.createDirectories(machine.temporary());
        return sandboxes.boot(machine.id, machine.directory);
    }

    @Override
    public Optional<Sandbox> adopt(Machine machine, Sandbox.Trace trace) throws IOException {
        return sandboxes.adopt(machine.directory, trace);
    }

    @Override
    public void wipe(Machine machine) throws IOException {
        FileTrees.delete(machine.directory);
    }

    /** Blocks its thread. */
    @Override
    public CompletionStage<Void> run(
            World world, Machine machine, Execution execution, ExecutionService.Command command) {
        new CommandRun(world, machine, execution, command).run();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void listen(World world, Machine machine, Preview preview) throws IOException {
        PreviewDoor door = new PreviewDoor(world, machine, preview);
        preview.server = PreviewServer.open(relay, door, preview.listenPort);
        preview.listenPort = preview.server.port();
    }

    @Override
    public boolean shut(Machine machine, BooleanSupplier unless) {
        List<PreviewServer> servers = machine.previews().stream()
                .map(preview -> preview.server)
                .filter(Objects::nonNull)
                .toList();
        try {
            return relay.call(() -> {
                        boolean busy = false;
                        for (PreviewServer server : servers) {
                            busy |= server.busy();
                        }
                        if (unless != null && (busy || unless.getAsBoolean())) {
                            return false;
                        }
                        machine.routable = false;
                        servers.forEach(PreviewServer::cut);
                        return true;
                    })
                    .get(SHUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The relay did not shut the door of machine " + machine.id, e);
        }
    }

    @Override
    public void close() throws IOException {
        relay.close();
        sandboxes.close();
    }
}
