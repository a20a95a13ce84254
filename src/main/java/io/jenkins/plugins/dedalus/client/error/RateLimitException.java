package io.jenkins.plugins.dedalus.client.error;

import java.time.Duration;
import java.util.Optional;

/**
 * 429: too many calls, or the first call with this idempotency key still runs. Also while a pause that the API asked for
 * is not over: then nothing was sent.
 */
public class RateLimitException extends DedalusException {

    private static final long serialVersionUID = 1L;
    private static final String ONE_KEY = "idempotency";

    private final String scope;

    /**
     * A failure.
     *
     * @param failure what is known
     * @param scope what the limit is counted over, as the API says; null where it doesn't
     */
    public RateLimitException(ApiFailure failure, String scope) {
        super(failure);
        this.scope = scope;
    }

    /** What the limit is counted over, as the API says. */
    public Optional<String> scope() {
        return Optional.ofNullable(scope);
    }

    /** The same, with another wait. */
    public RateLimitException waiting(Duration wait) {
        ApiFailure told = failure();
        return new RateLimitException(
                new ApiFailure(
                        told.sentence(), told.status(), told.errorCode(), told.requestId(), wait, told.retryable()),
                scope);
    }

    /** Whether other calls would be refused too: not so where the call waits for its own first try. */
    public boolean concernsOthers() {
        return scope == null || !scope.startsWith(ONE_KEY);
    }
}
