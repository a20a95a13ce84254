package io.jenkins.plugins.dedalus.client.error;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** A call of the Dedalus API that failed. The message is a sentence for a human and holds no secret. */
public class DedalusException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ApiFailure failure;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public DedalusException(ApiFailure failure) {
        this(failure, null);
    }

    /**
     * A failure with what led to it.
     *
     * @param failure what is known
     * @param cause what led to it, may be null; its text must hold no secret
     */
    public DedalusException(ApiFailure failure, Throwable cause) {
        super(Objects.requireNonNull(failure, "failure").sentence(), cause);
        this.failure = failure;
    }

    ApiFailure failure() {
        return failure;
    }

    /** HTTP status; 0 where there was no answer. */
    public int status() {
        return failure.status();
    }

    /** The API's code, such as {@code RATE_LIMITED}. */
    public Optional<String> errorCode() {
        return Optional.ofNullable(failure.errorCode());
    }

    /** The server's id of the request, to be quoted to the vendor. */
    public Optional<String> requestId() {
        return Optional.ofNullable(failure.requestId());
    }

    /** How long the server asks to wait before another try. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(failure.retryAfter());
    }

    /** Whether the same call, with the same idempotency key, may succeed later. */
    public boolean retryable() {
        return failure.retryable();
    }
}
