package io.jenkins.plugins.dedalus.client.call;

import io.jenkins.plugins.dedalus.client.error.ApiFailure;
import io.jenkins.plugins.dedalus.client.error.DeadlineExceededException;
import io.jenkins.plugins.dedalus.client.error.DedalusCancelledException;
import io.jenkins.plugins.dedalus.client.error.Sentences;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Deadline, cancellation and patience of one call, tries included. */
public final class CallScope {

    private static final Duration FOREVER = Duration.ofDays(3650);

    private final LongSupplier nanoTime;
    private final long started;
    private final Duration limit;
    private final Cancellation cancellation;
    private final Priority priority;
    private final boolean retried;

    private CallScope(
            LongSupplier nanoTime, Duration limit, Cancellation cancellation, Priority priority, boolean retried) {
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
        this.limit = limit;
        this.cancellation = cancellation;
        this.priority = priority;
        this.retried = retried;
    }

    /**
     * Starts the time.
     *
     * @param fallback the limit where the options name none; null: no limit
     * @param retried whether the call waits and tries again by itself
     */
    public static CallScope start(LongSupplier nanoTime, RequestOptions options, Duration fallback, boolean retried) {
        Duration limit = options.deadline() != null ? options.deadline() : fallback;
        Cancellation cancellation = options.cancellation() != null ? options.cancellation() : new Cancellation();
        return new CallScope(nanoTime, limit == null ? FOREVER : limit, cancellation, options.priority(), retried);
    }

    /** The time left, zero or negative when it is over. */
    public Duration remaining() {
        return limit.minusNanos(nanoTime.getAsLong() - started);
    }

    public boolean over() {
        return remaining().isNegative() || remaining().isZero();
    }

    public Priority priority() {
        return priority;
    }

    /** Whether the call waits and tries again by itself. */
    public boolean retried() {
        return retried;
    }

    public boolean cancelled() {
        return cancellation.isCancelled();
    }

    public Cancellation.Registration onCancel(Runnable action) {
        return cancellation.onCancel(action);
    }

    /** Throws when there is no use in going on. */
    public void check(String doing) {
        if (cancelled()) {
            throw new DedalusCancelledException(
                    ApiFailure.local("Could not " + doing + ": the operation was cancelled.", false));
        }
        if (over()) {
            throw deadlineExceeded(doing, null);
        }
    }

    public DeadlineExceededException deadlineExceeded(String doing, Throwable cause) {
        String sentence = "Could not " + doing + ": there was no answer within "
                + Sentences.duration(limit)
                + ", the deadline of this call. Allow more time, or try again; a change with"
                + " the same idempotency key.";
        return new DeadlineExceededException(ApiFailure.local(sentence, true), cause);
    }
}
