package io.jenkins.plugins.dedalus.github.command;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Takes rumours and hands them on, on threads that may wait. Takes a limited number in an hour of each repository: whoever
 * invents events must not use up the calls that GitHub allows. Thread-safe.
 */
final class Mailroom {
    private static final Logger LOGGER = Logger.getLogger(Mailroom.class.getName());
    private static final int TRIES = 4;
    private static final int AN_HOUR = 300;

    private final EngineScheduler scheduler;
    private final Function<Rumour, Optional<Duration>> follow;
    private final Map<String, Integer> taken = new HashMap<>();
    private long since;

    /** @param follow follows a rumour; says when to try again, or that this is of no use */
    Mailroom(EngineScheduler scheduler, Function<Rumour, Optional<Duration>> follow) {
        this.scheduler = scheduler;
        this.follow = follow;
        this.since = scheduler.nanoTime();
    }

    /** Takes one, about a repository that there is. Returns at once. */
    void take(Rumour rumour, Duration delay) {
        if (isTooMuch(rumour)) {
            LOGGER.log(
                    Level.WARNING,
                    () -> rumour.describe() + ": left alone, for there were more than " + AN_HOUR
                            + " such events within an hour.");
            return;
        }
        schedule(rumour, delay, 1);
    }

    private synchronized boolean isTooMuch(Rumour rumour) {
        long now = scheduler.nanoTime();
        if (now - since > Duration.ofHours(1).toNanos()) {
            taken.clear();
            since = now;
        }
        String repository = rumour.host() + "/" + rumour.owner() + "/" + rumour.repository();
        return taken.merge(repository, 1, Integer::sum) > AN_HOUR;
    }

    private void schedule(Rumour rumour, Duration delay, int attempt) {
        try {
            scheduler.schedule(delay, () -> run(rumour, attempt));
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "Stopping: what was asked for now has to be asked for again.", e);
        }
    }

    private void run(Rumour rumour, int attempt) {
        try {
            Optional<Duration> again = follow.apply(rumour);
            if (again.isPresent() && attempt < TRIES) {
                schedule(rumour, again.get(), attempt + 1);
            } else if (again.isPresent()) {
                LOGGER.log(Level.WARNING, () -> rumour.describe() + ": given up after " + TRIES + " tries.");
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> rumour.describe() + ": not followed.");
        }
    }
}
