package io.jenkins.plugins.dedalus.client;

import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Tries again: the only place that does. Every try carries the same request, its idempotency key included. */
final class RetryingTransport implements Transport {

    private static final Logger LOGGER = Logger.getLogger(RetryingTransport.class.getName());

    private final Transport next;
    private final RetryPolicy policy;
    private final Pauses pauses;

    RetryingTransport(Transport next, RetryPolicy policy, Pauses pauses) {
        this.next = next;
        this.policy = policy;
        this.pauses = pauses;
    }

    @Override
    public <T> T exchange(ApiRequest request, AnswerReader<T> reader) {
        for (int retries = 0; ; retries++) {
            try {
                return next.exchange(request, reader);
            } catch (DedalusException e) {
                if (!e.retryable() || e instanceof DeadlineExceededException || retries >= policy.maxRetries()) {
                    throw e;
                }
                Duration delay = policy.delay(retries, e.retryAfter());
                if (delay.compareTo(request.scope().remaining()) >= 0) {
                    // Waiting would end past the deadline: the reason we have says more than "too late".
                    throw e;
                }
                logRetry(request, retries + 1, delay, e);
                pauses.pause(delay, request.scope(), request.doing());
            }
        }
    }

    private static void logRetry(ApiRequest request, int attempt, Duration delay, DedalusException e) {
        LOGGER.log(
                Level.FINE,
                "Try {0} to {1} failed (HTTP status {2}, code {3}); the next one follows in {4}.",
                new Object[] {
                    attempt, request.doing(), e.status(), e.errorCode().orElse("none"), Sentences.duration(delay)
                });
    }
}
