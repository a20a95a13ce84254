package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.RateLimitException;
import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Calls outside of operations: tried again after a pause in which no thread is held, and answered whatever happens. */
final class PatientCalls {
    private static final int TRIES = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    /** From the first try to the last, pauses that Dedalus asked for included. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final EngineScheduler scheduler;
    private final Set<CompletableFuture<?>> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    PatientCalls(EngineScheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Runs the work on the engine's pool; again if it fails for a passing reason: all of it must bear that. */
    <T> CompletableFuture<T> run(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        waiting.add(result);
        result.whenComplete((answer, failure) -> waiting.remove(result));
        attempt(work, result, scheduler.nanoTime(), 1, Duration.ZERO);
        return result;
    }

    /** Fails what is under way. */
    void close() {
        closed = true;
        waiting.forEach(PatientCalls::stopping);
    }

    private <T> void attempt(Supplier<T> work, CompletableFuture<T> result, long since, int attempt, Duration delay) {
        try {
            scheduler.schedule(delay, () -> {
                if (!result.isDone()) {
                    now(work, result, since, attempt);
                }
            });
        } catch (RejectedExecutionException e) {
            closed = true;
        }
        if (closed) {
            stopping(result);
        }
    }

    private <T> void now(Supplier<T> work, CompletableFuture<T> result, long since, int attempt) {
        try {
            result.complete(work.get());
        } catch (DedalusException e) {
            boolean limited = e instanceof RateLimitException;
            Duration own = FIRST_PAUSE.multipliedBy(1L << Math.min(attempt - 1, 8));
            Duration pause = e.retryAfter().filter(asked -> !asked.isZero()).orElse(own);
            Duration left = PATIENCE.minusNanos(scheduler.nanoTime() - since);
            if (!e.retryable() || attempt >= TRIES && !limited || pause.compareTo(left) > 0) {
                result.completeExceptionally(e);
            } else {
                attempt(work, result, since, limited ? attempt : attempt + 1, pause);
            }
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    private static void stopping(CompletableFuture<?> call) {
        call.completeExceptionally(new PreviewException("This process is stopping. Ask again after the next start."));
    }
}
