package io.jenkins.plugins.dedalus.client.call;

import java.time.Duration;

/**
 * What one call may be given beyond its arguments.
 *
 * @param idempotencyKey sent as Idempotency-Key with every try of a changing call, 1 to 255 visible ASCII characters;
 *     null: a fresh one of {@link IdempotencyKeys}
 * @param deadline how long the call may take in all, tries and waits together, and of a list each page; null: the
 *     client's total deadline
 * @param cancellation ends the call early; null: can't be cancelled
 * @param priority who goes first after a rate limit; null: {@link Priority#INTERACTIVE}
 */
public record RequestOptions(String idempotencyKey, Duration deadline, Cancellation cancellation, Priority priority) {

    private static final RequestOptions NONE = new RequestOptions(null, null, null, null);

    /** Fills the priority. */
    public RequestOptions {
        priority = priority == null ? Priority.INTERACTIVE : priority;
    }

    /** Everything as the client's defaults say. */
    public static RequestOptions none() {
        return NONE;
    }

    /** These options with another idempotency key. */
    public RequestOptions withIdempotencyKey(String key) {
        return new RequestOptions(key, deadline, cancellation, priority);
    }

    /** These options with another deadline. */
    public RequestOptions withDeadline(Duration limit) {
        return new RequestOptions(idempotencyKey, limit, cancellation, priority);
    }

    /** These options with another cancellation. */
    public RequestOptions withCancellation(Cancellation by) {
        return new RequestOptions(idempotencyKey, deadline, by, priority);
    }

    /** These options with another priority. */
    public RequestOptions withPriority(Priority other) {
        return new RequestOptions(idempotencyKey, deadline, cancellation, other);
    }
}
