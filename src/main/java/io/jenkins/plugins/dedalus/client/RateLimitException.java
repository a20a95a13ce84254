package io.jenkins.plugins.dedalus.client;

/** 429: too many calls, or the first call with this idempotency key still runs. */
public class RateLimitException extends DedalusException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public RateLimitException(ApiFailure failure) {
        super(failure);
    }
}
