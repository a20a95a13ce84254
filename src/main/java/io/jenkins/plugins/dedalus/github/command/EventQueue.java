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
 * Takes events and hands them on, on threads that may wait. Takes a limited number in an hour of each repository: whoever
 * invents events must not use up the calls that GitHub allows. Thread-safe.
 */
final class EventQueue {
    private static final Logger LOGGER = Logger.getLogger(EventQueue.class.getName());
    private static final int TRIES = 4;
    private static final int AN_HOUR = 300;

    private final EngineScheduler scheduler;
    private final Function<UnverifiedEvent, Optional<Duration>> follow;
    private final Map<String, Integer> taken = new HashMap<>();
    private long since;

    /** @param follow follows an event; says when to try again, or that this is of no use */
    EventQueue(EngineScheduler scheduler, Function<UnverifiedEvent, Optional<Duration>> follow) {
        this.scheduler = scheduler;
        this.follow = follow;
        this.since = scheduler.nanoTime();
    }

    /** Takes one, about a repository that there is. Returns at once. */
    void take(UnverifiedEvent event, Duration delay) {
        if (isTooMuch(event)) {
            LOGGER.log(
                    Level.WARNING,
                    () -> event.describe() + ": left alone, for there were more than " + AN_HOUR
                            + " such events within an hour.");
            return;
        }
        schedule(event, delay, 1);
    }

    private synchronized boolean isTooMuch(UnverifiedEvent event) {
        long now = scheduler.nanoTime();
        if (now - since > Duration.ofHours(1).toNanos()) {
            taken.clear();
            since = now;
        }
        String repository = event.host() + "/" + event.owner() + "/" + event.repository();
        return taken.merge(repository, 1, Integer::sum) > AN_HOUR;
    }

    private void schedule(UnverifiedEvent event, Duration delay, int attempt) {
        try {
            scheduler.schedule(delay, () -> run(event, attempt));
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "Stopping: what was asked for now has to be asked for again.", e);
        }
    }

    private void run(UnverifiedEvent event, int attempt) {
        try {
            Optional<Duration> again = follow.apply(event);
            if (again.isPresent() && attempt < TRIES) {
                schedule(event, again.get(), attempt + 1);
            } else if (again.isPresent()) {
                LOGGER.log(Level.WARNING, () -> event.describe() + ": given up after " + TRIES + " tries.");
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> event.describe() + ": not followed.");
        }
    }
}
