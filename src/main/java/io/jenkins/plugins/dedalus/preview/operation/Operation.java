package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.call.Cancellation;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.ApiConnectionException;
import io.jenkins.plugins.dedalus.client.error.DeadlineExceededException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.error.RateLimitException;
import io.jenkins.plugins.dedalus.client.error.ServerException;
import io.jenkins.plugins.dedalus.preview.error.DoubtfulAbsenceException;
import io.jenkins.plugins.dedalus.preview.error.PreviewCancelledException;
import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.error.SupersededException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.ProgressFanOut;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A state machine that lives in ticks: each makes a short call or two, writes down where it stands and schedules the next.
 * Between ticks no thread is held. A new operation of the same preview begins after {@link #settled}.
 */
public abstract class Operation implements PreviewOperation {
    /** From a tick: there's no next one; {@link #complete} or {@link #fail} was called. */
    static final Duration END = null;

    private static final Logger LOGGER = Logger.getLogger(Operation.class.getName());
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    final EngineContext parts;
    final RecordEditor editor;
    public final ProgressFanOut progress;
    private final CompletableFuture<PreviewRecord> result = new CompletableFuture<>();
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private final Cancellation cancellation = new Cancellation();

    private Runnable pending = () -> {};
    private boolean ticking;
    private boolean nudged;
    private boolean ended;
    private Runnable outcome = () -> {};
    private boolean accepted;
    private RuntimeException stopReason;
    /** Only ticks touch these, and only one runs at a time. */
    private Long troubleSince;

    private Duration pause = Duration.ZERO;

    Operation(EngineContext parts, PreviewKey key, ProgressListener listener) {
        this.parts = parts;
        this.editor = new RecordEditor(parts, key);
        this.progress = new ProgressFanOut(parts.clock(), listener);
    }

    /** Writes down that this operation has the turn. Runs once, in the first tick, before {@link #tick}. */
    abstract void accept();

    /** One step; returns when to take the next, or {@link #END}. */
    abstract Duration tick();

    /** Leaves the record as a failure leaves it. Runs in a tick; may write. */
    abstract void recordFailure(RuntimeException failure);

    /** What to do when something that should exist does not; by default the operation fails. */
    Duration onMissing(DedalusException missing) {
        throw missing;
    }

    /** Runs in a tick after a caller's cancel. */
    void cleanUpAfterCancel() {}

    public final void begin() {
        next(Duration.ZERO);
    }

    @Override
    public final CompletableFuture<PreviewRecord> result() {
        return result.thenApply(record -> record);
    }

    @Override
    public final void cancel(String why) {
        stop(new PreviewCancelledException("Stopped: " + why));
    }

    @Override
    public final String status() {
        return progress.status();
    }

    /** Completes when no tick runs or will run any more. */
    public final CompletableFuture<Void> settled() {
        return settled;
    }

    /** Ends at the next moment with this failure; a call under way is broken off. */
    public final void stop(RuntimeException reason) {
        synchronized (this) {
            if (ended || stopReason != null) {
                return;
            }
            stopReason = reason;
            pending.run();
        }
        cancellation.cancel();
        next(Duration.ZERO);
    }

    /** The process stops: the tick under way ends, nothing further is written; the ledger keeps where it stood. */
    public final void halt() {
        stop(halted());
    }

    private HaltedException halted() {
        return new HaltedException("This process is stopping; the operation (" + status() + ") on preview "
                + editor.key().id() + " goes on after the next start.");
    }

    /** Whether it was told to end, so that nobody should join it any more. */
    public final synchronized boolean ending() {
        return ended || stopReason != null;
    }

    /** For looking whether something has changed. */
    final RequestOptions options() {
        return EngineContext.options(cancellation);
    }

    /** For what brings this operation forward. */
    final RequestOptions urgent() {
        return EngineContext.urgent(cancellation);
    }

    /** What a tick waited for has happened: the next one is now, whatever pause was asked for. From any thread. */
    final void nudge() {
        synchronized (this) {
            nudged = true;
            pending.run();
        }
        next(Duration.ZERO);
    }

    /** The pause before looking again: short after something happened, longer while nothing does. */
    final Duration idle() {
        Duration longer = pause.multipliedBy(3).dividedBy(2);
        pause = longer.compareTo(parts.settings().poll()) < 0 ? parts.settings().poll() : longer;
        pause = pause.compareTo(parts.settings().pollMax()) > 0
                ? parts.settings().pollMax()
                : pause;
        return pause;
    }

    final void lively() {
        pause = Duration.ZERO;
    }

    final Duration complete(PreviewRecord record) {
        end(() -> result.complete(record));
        return END;
    }

    private void next(Duration delay) {
        try {
            schedule(delay);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "The engine is stopping; the ledger keeps where this stood.", e);
            end(() -> result.completeExceptionally(halted()));
            settle();
        } catch (RuntimeException | Error e) {
            end(() -> result.completeExceptionally(e));
            settle();
        }
    }

    private synchronized void schedule(Duration delay) {
        if (ended || ticking) {
            return;
        }
        boolean now = stopReason != null || nudged || delay.isZero();
        nudged = false;
        // There is one next tick, never two.
        pending.run();
        if (now) {
            parts.scheduler().execute(this::run);
        } else {
            pending = parts.scheduler().schedule(delay, this::run);
        }
    }

    /** First the lane is free, then the result is told: who hears it and asks again must not meet this one. */
    private void settle() {
        settled.complete(null);
        outcome.run();
    }

    private void run() {
        RuntimeException stop;
        synchronized (this) {
            if (ended || ticking) {
                return;
            }
            ticking = true;
            stop = stopReason;
        }
        Duration delay = END;
        try {
            delay = step(stop);
        } catch (Error e) {
            // Nothing may be written after this: the process counts as gone, the ledger says how to go on.
            end(() -> result.completeExceptionally(e));
            throw e;
        } finally {
            synchronized (this) {
                ticking = false;
            }
            if (delay == END) {
                settle();
            } else {
                next(delay);
            }
        }
    }

    private Duration step(RuntimeException stop) {
        try {
            return stop == null ? carefully() : stopped(stop);
        } catch (RuntimeException e) {
            fail(e);
            return END;
        }
    }

    private Duration carefully() {
        try {
            if (!accepted) {
                accept();
                accepted = true;
            }
            Duration delay = tick();
            troubleSince = null;
            return delay;
        } catch (DedalusException e) {
            synchronized (this) {
                if (stopReason != null) {
                    return Duration.ZERO;
                }
            }
            return e instanceof NotFoundException ? missing(e) : trouble(e);
        } catch (DoubtfulAbsenceException e) {
            return trouble(e, true, Duration.ZERO);
        }
    }

    private Duration missing(DedalusException missing) {
        try {
            return onMissing(missing);
        } catch (DedalusException e) {
            return trouble(e);
        } catch (DoubtfulAbsenceException e) {
            return trouble(e, true, Duration.ZERO);
        }
    }

    private Duration trouble(DedalusException e) {
        boolean passing = e instanceof ServerException
                || e instanceof RateLimitException
                || e instanceof ApiConnectionException
                || e instanceof DeadlineExceededException
                || e.retryable();
        return trouble(e, passing, e.retryAfter().orElse(Duration.ZERO));
    }

    private Duration trouble(RuntimeException e, boolean passing, Duration asked) {
        long now = parts.scheduler().nanoTime();
        boolean first = troubleSince == null;
        troubleSince = first ? (Long) now : troubleSince;
        Duration left = PATIENCE.minusNanos(now - troubleSince);
        if (!passing || left.isNegative() || asked.compareTo(left) > 0) {
            throw e;
        }
        if (first) {
            progress.line(e instanceof DedalusException ? e.getMessage() + " Trying again." : e.getMessage());
        }
        Duration own = idle();
        return asked.compareTo(own) > 0 ? asked : own;
    }

    private Duration stopped(RuntimeException reason) {
        if (accepted && reason instanceof PreviewCancelledException) {
            cleanUpAfterCancel();
        }
        if (accepted && isOurs(reason)) {
            recordFailure(reason);
        }
        end(() -> result.completeExceptionally(reason));
        return END;
    }

    private void fail(RuntimeException failure) {
        RuntimeException shown = failure;
        synchronized (this) {
            shown = stopReason == null ? failure : stopReason;
        }
        try {
            if (accepted && isOurs(shown)) {
                recordFailure(shown);
            }
        } catch (RuntimeException e) {
            shown.addSuppressed(e);
        }
        if (!(shown instanceof PreviewException || shown instanceof DedalusException)) {
            LOGGER.log(Level.WARNING, "Preview " + editor.key().id() + ": an unexpected failure", shown);
        }
        RuntimeException told = shown;
        end(() -> result.completeExceptionally(told));
    }

    /** Who took over writes the record from here on; who is stopping leaves it as it stands. */
    private static boolean isOurs(RuntimeException failure) {
        return !(failure instanceof SupersededException
                || failure instanceof PreviewClosedException
                || failure instanceof HaltedException);
    }

    private void end(Runnable completion) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        outcome = completion;
        ended();
    }

    /** Runs once, before the result is told. */
    void ended() {}

    /** Why an operation ends when its process does. */
    private static final class HaltedException extends PreviewException {
        private static final long serialVersionUID = 1L;

        HaltedException(String sentence) {
            super(sentence);
        }
    }
}
