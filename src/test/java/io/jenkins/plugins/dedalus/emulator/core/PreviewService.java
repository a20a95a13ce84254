package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Preview URLs: opened, wired to their machine, shut while it sleeps, closed. */
public final class PreviewService {
    private static final Logger LOG = Logger.getLogger(PreviewService.class.getName());

    private final World world;

    PreviewService(World world) {
        this.world = world;
    }

    /**
     * Exposes a port.
     *
     * @param wake what wakes the machine and hears when it is awake
     */
    Preview create(Machine machine, int port, String protocol, String visibility, Consumer<Runnable> wake) {
        Preview preview = new Preview(
                world.newId("prev-"),
                machine.id,
                port,
                protocol,
                visibility,
                world.now(),
                world.config().namedHosts());
        synchronized (machine) {
            if (machine.desired == Phase.DESTROYED || machine.phase == Phase.FAILED) {
                throw Lifecycle.invalidState(machine, "given a preview");
            }
            machine.previews.put(preview.id, preview);
            machine.touch(world.now());
        }
        long late = world.config().previewDelay().toMillis()
                + world.faults()
                        .take(Fault.Kind.PREVIEW_LATE, machine.id)
                        .map(Fault::delayMs)
                        .orElse(0L);
        wake.accept(() -> world.workers().later(late, () -> open(machine, preview)));
        return preview;
    }

    private void open(Machine machine, Preview preview) {
        synchronized (machine.directory) {
            Sandbox sandbox = machine.sandbox;
            synchronized (preview) {
                if (!preview.status.equals("wake_in_progress")) {
                    return;
                }
                try {
                    if (sandbox == null) {
                        throw new IOException("the machine did not come up");
                    }
                    preview.route = sandbox.route(preview.port);
                    world.hardware().listen(world, machine, preview);
                    preview.readyAt = world.now();
                    preview.status = "ready";
                } catch (IOException e) {
                    LOG.log(Level.WARNING, "Preview " + preview.id + " could not be opened: " + e.getMessage(), e);
                    preview.status = "failed";
                }
            }
        }
        world.store().save(machine);
    }

    /** Connects a machine's previews to its new processes. */
    void rewire(Machine machine) throws IOException {
        for (Preview preview : list(machine)) {
            if (preview.status.equals("ready")) {
                preview.route = machine.sandbox.route(preview.port);
            }
        }
    }

    /** A preview by its id. Throws {@link ApiException}. */
    public Preview get(Machine machine, String id) {
        synchronized (machine) {
            Preview preview = machine.previews.get(id);
            if (preview == null) {
                throw new ApiException(
                                ErrorCode.PREVIEW_NOT_FOUND,
                                "There is no preview " + id + " on machine " + machine.id + ".")
                        .detail("preview_id", id);
            }
            return preview;
        }
    }

    /** All previews of a machine, oldest first, closed ones included. */
    public List<Preview> list(Machine machine) {
        return machine.previews();
    }

    /** Closes a preview; its URL answers no more. */
    public void close(Machine machine, Preview preview) {
        synchronized (preview) {
            preview.status = "closed";
            preview.stopListening();
        }
        world.store().save(machine);
    }

    void closeAll(Machine machine) {
        list(machine).forEach(preview -> close(machine, preview));
    }
}
