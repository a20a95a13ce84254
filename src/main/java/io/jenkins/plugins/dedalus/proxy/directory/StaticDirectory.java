package io.jenkins.plugins.dedalus.proxy.directory;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Routes of a JSON file, read again when it changes. A file that breaks later leaves the last good list in place. */
public final class StaticDirectory extends ListDirectory {
    private static final Logger LOG = Logger.getLogger(StaticDirectory.class.getName());

    private final Path file;
    private final AccessMode access;
    private final EngineScheduler scheduler;
    private final Duration poll;
    private final Clock clock;
    private String lastText;
    private Runnable cancel = () -> {};
    private boolean closed;

    /**
     * Reads the file.
     *
     * @param access of routes that name none
     * @throws IOException when the file can't be read
     * @throws IllegalArgumentException when it is no route list
     */
    public StaticDirectory(Path file, AccessMode access, EngineScheduler scheduler, Duration poll, Clock clock)
            throws IOException {
        this.file = file;
        this.access = access;
        this.scheduler = scheduler;
        this.poll = poll;
        this.clock = clock;
        refresh();
        again();
    }

    private synchronized void again() {
        if (!closed) {
            cancel = scheduler.schedule(poll, this::look);
        }
    }

    private void look() {
        try {
            refresh();
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(Level.WARNING, "The route list " + file + " can't be used; the routes stay as they were.", e);
        }
        again();
    }

    private synchronized void refresh() throws IOException {
        String text = Files.readString(file);
        if (text.equals(lastText)) {
            confirm(clock.instant());
        } else {
            replace(RouteList.read(text, access), clock.instant());
            lastText = text;
        }
    }

    @Override
    public String describe() {
        return routes().size() + " hosts of " + file;
    }

    @Override
    public synchronized void close() {
        closed = true;
        cancel.run();
    }
}
