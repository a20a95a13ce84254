package io.jenkins.plugins.dedalus.client.error;

/** 409 {@code IDEMPOTENCY_KEY_REUSED}: the key was used for another request. */
public class IdempotencyKeyReusedException extends ConflictException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public IdempotencyKeyReusedException(ApiFailure failure) {
        super(failure);
    }
}
