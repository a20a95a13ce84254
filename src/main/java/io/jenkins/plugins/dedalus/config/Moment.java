package io.jenkins.plugins.dedalus.config;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Waits a moment for what is mostly done at once, so that a form shows what came of it; the rest is done without it. */
public final class Moment {
    private static final Logger LOGGER = Logger.getLogger(Moment.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private Moment() {}

    public static void wait(CompletableFuture<?> work) {
        try {
            work.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOGGER.log(Level.FINE, "It is done by itself.", e);
        } catch (ExecutionException e) {
            LOGGER.log(Level.WARNING, "The settings were not followed at once.", e.getCause());
        }
    }
}
