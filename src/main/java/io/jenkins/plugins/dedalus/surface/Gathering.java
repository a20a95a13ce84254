package io.jenkins.plugins.dedalus.surface;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Gathers requests to look at a change request: many within a moment make one look. Thread-safe. */
@Restricted(NoExternalUse.class)
public final class Gathering {
    private static final Logger LOGGER = Logger.getLogger(Gathering.class.getName());

    private final EngineScheduler scheduler;
    private final Duration wait;
    private final BiConsumer<ChangeRef, String> look;
    /** The project that was named, if any. */
    private final Map<ChangeRef, Optional<String>> waiting = new HashMap<>();

    /**
     * Gathers for one surface.
     *
     * @param look called on the scheduler's threads, with the project that was named or null
     */
    public Gathering(EngineScheduler scheduler, Duration wait, BiConsumer<ChangeRef, String> look) {
        this.scheduler = scheduler;
        this.wait = wait;
        this.look = look;
    }

    /**
     * Looks soon. Returns at once.
     *
     * @param project the full name of the multibranch project; null if it wasn't named
     */
    public void add(ChangeRef change, String project) {
        boolean first;
        synchronized (waiting) {
            Optional<String> before = waiting.get(change);
            first = before == null;
            if (first || before.isEmpty()) {
                waiting.put(change, Optional.ofNullable(project));
            }
        }
        if (first) {
            try {
                scheduler.schedule(wait, () -> begin(change));
            } catch (RejectedExecutionException e) {
                LOGGER.log(Level.FINE, "Stopping: the next start looks again.", e);
            }
        }
    }

    private void begin(ChangeRef change) {
        String project;
        synchronized (waiting) {
            project = waiting.remove(change).orElse(null);
        }
        try {
            look.accept(change, project);
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "What is shown of " + change.describe() + " was not looked at.");
        }
    }
}
