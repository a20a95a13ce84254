package io.jenkins.plugins.dedalus.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Deadline and cancellation of one call, or of a helper that makes several. */
final class CallScope {

    private static final Duration FOREVER = Duration.ofDays(3650);

    private final Clock clock;
    private final Instant started;
    private final Duration limit;
    private final String whole;
    private final Cancellation cancellation;

    private CallScope(Clock clock, Instant started, Duration limit, String whole, Cancellation cancellation) {
        this.clock = clock;
        this.started = started;
        this.limit = limit;
        this.whole = whole;
        this.cancellation = cancellation;
    }

    /**
     * Starts the time.
     *
     * @param fallback the limit where the options name none; null: no limit
     */
    static CallScope start(Clock clock, RequestOptions options, Duration fallback) {
        return start(clock, options, fallback, null);
    }

    /** For a helper of several calls: when its time is over, the message names what it does as a whole. */
    static CallScope start(Clock clock, RequestOptions options, Duration fallback, String whole) {
        Duration limit = options.deadline() != null ? options.deadline() : fallback;
        Cancellation cancellation = options.cancellation() != null ? options.cancellation() : new Cancellation();
        return new CallScope(clock, clock.instant(), limit == null ? FOREVER : limit, whole, cancellation);
    }

    /** A part of this scope that may take no longer than the given time. */
    CallScope part(Duration atMost) {
        Duration remaining = remaining();
        return atMost.compareTo(remaining) >= 0
                ? this
                : new CallScope(clock, clock.instant(), atMost, null, cancellation);
    }

    /** The time left, zero or negative when it is over. */
    Duration remaining() {
        return limit.minus(Duration.between(started, clock.instant()));
    }

    boolean over() {
        return remaining().isNegative() || remaining().isZero();
    }

    boolean cancelled() {
        return cancellation.isCancelled();
    }

    Cancellation.Registration onCancel(Runnable action) {
        return cancellation.onCancel(action);
    }

    /** Throws when there is no use in going on. */
    void check(String doing) {
        if (cancelled()) {
            throw new DedalusCancelledException(
                    ApiFailure.local("Could not " + doing + ": the operation was cancelled.", false));
        }
        if (over()) {
            throw deadlineExceeded(doing, null);
        }
    }

    DeadlineExceededException deadlineExceeded(String doing, Throwable cause) {
        String sentence = "Could not " + (whole == null ? doing : whole) + ": there was no answer within "
                + Sentences.duration(limit)
                + ", the deadline of this call. Allow more time, or try again; a change with"
                + " the same idempotency key.";
        return new DeadlineExceededException(ApiFailure.local(sentence, true), cause);
    }
}
