package io.jenkins.plugins.dedalus.view;

import io.jenkins.plugins.dedalus.accounts.SingleFlight;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What Dedalus said last about each of several things, however many people look: one call at a time each. A page waits only
 * as long as its {@link PageTimeout}; it shows what was known before if Dedalus takes longer, and what that call finds is there
 * for the next look. Thread-safe.
 */
public final class StatusReader<T> {
    private static final Logger LOGGER = Logger.getLogger(StatusReader.class.getName());

    private final Duration keep;
    private final Executor executor;
    private final LongSupplier nanos;
    private final Map<String, SingleFlight<Reading<T>>> flights = new ConcurrentHashMap<>();

    /**
     * What is known of one of them.
     *
     * @param value null as long as nothing could be read
     * @param at when the reading of the value began; null like it
     * @param problem a sentence if the last attempt failed or takes too long, else null
     */
    public record Reading<T>(T value, Instant at, String problem) {
        private Reading<T> but(String sentence) {
            return new Reading<>(value, at, sentence);
        }
    }

    /** @param keep how long a reading is good enough, from its end */
    StatusReader(Duration keep, Executor executor, LongSupplier nanos) {
        this.keep = keep;
        this.executor = executor;
        this.nanos = nanos;
    }

    /**
     * Begins a reading if what is known is old.
     *
     * @param of what it is about; the first one's {@code read} serves all
     */
    void begin(String of, Supplier<T> read) {
        flight(of, read).fresh();
    }

    /** What is known, after waiting as long as there is patience if it is old. */
    Reading<T> get(String of, Supplier<T> read, PageTimeout patience) {
        SingleFlight<Reading<T>> flight = flight(of, read);
        Duration underWay = flight.underWay().orElse(Duration.ZERO);
        CompletableFuture<Reading<T>> fresh = flight.fresh();
        try {
            return fresh.get(patience.left(underWay).toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return before(flight).but(Messages.StatusReader_slow());
        } catch (TimeoutException e) {
            return before(flight).but(Messages.StatusReader_slow());
        } catch (ExecutionException e) {
            LOGGER.log(Level.FINE, "Dedalus could not be asked.", e);
            return before(flight).but(Messages.StatusReader_busy());
        }
    }

    /** Something was just changed: the next look reads anew. */
    void outdate() {
        flights.values().forEach(SingleFlight::outdate);
    }

    private SingleFlight<Reading<T>> flight(String of, Supplier<T> read) {
        return flights.computeIfAbsent(
                of, first -> new SingleFlight<>(() -> attempt(first, read), keep, executor, nanos));
    }

    private Reading<T> attempt(String of, Supplier<T> read) {
        Instant begun = Instant.now();
        try {
            return new Reading<>(read.get(), begun, null);
        } catch (DedalusException | PreviewException e) {
            return before(flights.get(of)).but(e.getMessage());
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "The state of " + of + " could not be read.");
            return before(flights.get(of)).but(Messages.StatusReader_busy());
        }
    }

    private Reading<T> before(SingleFlight<Reading<T>> flight) {
        return flight.known().orElseGet(() -> new Reading<>(null, null, null));
    }
}
