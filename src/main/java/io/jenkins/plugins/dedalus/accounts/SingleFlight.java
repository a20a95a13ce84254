package io.jenkins.plugins.dedalus.accounts;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A value that takes its time to read, from Dedalus or from a store of credentials. It is read on an executor's thread, by one
 * reading at a time however many ask, and its age counts from the end of the reading, so that a slow one isn't old when it
 * comes. What was read last stays known until a better one comes. Thread-safe.
 */
@Restricted(NoExternalUse.class)
public final class SingleFlight<T> {
    private final Supplier<T> read;
    private final long keep;
    private final Executor executor;
    private final LongSupplier nanos;

    private T known;
    /** Why the last reading failed; null if it didn't. */
    private Throwable failed;
    /** Whether the last reading saw all there was to see. */
    private boolean good;

    private long ended;
    private long begun;
    /** Null while none is under way. */
    private CompletableFuture<T> flight;
    /** Whether something changed since the flight began, which it may not have seen. */
    private boolean outdated;
    /** The flight after this one; null while nobody wants it. */
    private CompletableFuture<T> following;

    /**
     * Reads nothing yet.
     *
     * @param read reads; may wait and may throw, and never returns null
     * @param keep how long a value is good enough, also one whose reading failed
     * @param nanos the time, as {@link System#nanoTime}
     */
    public SingleFlight(Supplier<T> read, Duration keep, Executor executor, LongSupplier nanos) {
        this.read = read;
        this.keep = keep.toNanos();
        this.executor = executor;
        this.nanos = nanos;
    }

    /** What was read last, however old; empty as long as no reading succeeded. Waits for nobody and reads nothing. */
    public synchronized Optional<T> known() {
        return Optional.ofNullable(known);
    }

    /** What was read last; begins a new reading if that is old. Waits for nobody. */
    public Optional<T> lately() {
        fresh();
        return known();
    }

    /** A value that isn't old: what is known, or what the reading under way or a new one will find. Fails as the reading does. */
    public synchronized CompletableFuture<T> fresh() {
        if (flight == null) {
            boolean young = good && nanos.getAsLong() - ended < keep;
            return !young
                    ? begin()
                    : failed == null
                            ? CompletableFuture.completedFuture(known)
                            : CompletableFuture.failedFuture(failed);
        }
        if (!outdated) {
            return flight;
        }
        if (following == null) {
            following = new CompletableFuture<>();
        }
        return following;
    }

    /** For how long the reading under way has taken; empty if there is none. */
    public synchronized Optional<Duration> underWay() {
        return flight == null ? Optional.empty() : Optional.of(Duration.ofNanos(nanos.getAsLong() - begun));
    }

    /** Something was just changed: whoever asks from now on gets a value that was read after this. */
    public synchronized void outdate() {
        good = false;
        outdated = flight != null;
    }

    private CompletableFuture<T> begin() {
        CompletableFuture<T> mine = new CompletableFuture<>();
        flight = mine;
        begun = nanos.getAsLong();
        outdated = false;
        try {
            executor.execute(() -> run(mine));
        } catch (RejectedExecutionException e) {
            end(null, e);
            mine.completeExceptionally(e);
        }
        return mine;
    }

    private void run(CompletableFuture<T> mine) {
        T value = null;
        Throwable failure = new IllegalStateException("The reading ended without a value.");
        try {
            value = Objects.requireNonNull(read.get());
            failure = null;
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            end(value, failure);
            if (failure == null) {
                mine.complete(value);
            } else {
                mine.completeExceptionally(failure);
            }
        }
    }

    private synchronized void end(T value, Throwable failure) {
        if (failure == null) {
            known = value;
        }
        failed = failure;
        ended = nanos.getAsLong();
        good = !outdated;
        flight = null;
        CompletableFuture<T> promised = following;
        following = null;
        if (promised != null) {
            begin().whenComplete((next, why) -> {
                if (why == null) {
                    promised.complete(next);
                } else {
                    promised.completeExceptionally(why);
                }
            });
        }
    }
}
