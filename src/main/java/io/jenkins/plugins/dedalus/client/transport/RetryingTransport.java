package io.jenkins.plugins.dedalus.client.transport;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.Pauses;
import io.jenkins.plugins.dedalus.client.call.RetryPolicy;
import io.jenkins.plugins.dedalus.client.call.Transport;
import io.jenkins.plugins.dedalus.client.error.DeadlineExceededException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.Sentences;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Tries again where the call may wait: the only place that does. Every try carries the same request, its idempotency key included. */
public final class RetryingTransport implements Transport {

    private static final Logger LOGGER = Logger.getLogger(RetryingTransport.class.getName());

    private final Transport next;
    private final RetryPolicy policy;
    private final Pauses pauses;

    public RetryingTransport(Transport next, RetryPolicy policy, Pauses pauses) {
        this.next = next;
        this.policy = policy;
        this.pauses = pauses;
    }

    @Override
    public <T> T exchange(ApiRequest request, AnswerReader<T> reader) {
        int most = request.scope().retried() ? policy.maxRetries() : 0;
        for (int retries = 0; ; retries++) {
            try {
                return next.exchange(request, reader);
            } catch (DedalusException e) {
                if (!e.retryable() || e instanceof DeadlineExceededException || retries >= most) {
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
