package io.jenkins.plugins.dedalus.client;

import java.time.Duration;

/**
 * What one call may be given beyond its arguments.
 *
 * @param idempotencyKey sent as Idempotency-Key with every try of a changing call, 1 to 255 visible ASCII characters;
 *     null: a random one
 * @param deadline how long the call may take in all, tries and waits together; null: the client's total deadline
 * @param cancellation ends the call early; null: can't be cancelled
 */
public record RequestOptions(String idempotencyKey, Duration deadline, Cancellation cancellation) {

    private static final RequestOptions NONE = new RequestOptions(null, null, null);

    /** Everything as the client's defaults say. */
    public static RequestOptions none() {
        return NONE;
    }

    /** These options with another idempotency key. */
    public RequestOptions withIdempotencyKey(String key) {
        return new RequestOptions(key, deadline, cancellation);
    }

    /** These options with another deadline. */
    public RequestOptions withDeadline(Duration limit) {
        return new RequestOptions(idempotencyKey, limit, cancellation);
    }

    /** These options with another cancellation. */
    public RequestOptions withCancellation(Cancellation by) {
        return new RequestOptions(idempotencyKey, deadline, by);
    }
}
