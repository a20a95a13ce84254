package io.jenkins.plugins.dedalus.client.error;

/** No whole answer: refused, reset, timed out, cut off, or no secure connection. */
public class ApiConnectionException extends DedalusException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public ApiConnectionException(ApiFailure failure) {
        super(failure);
    }

    /**
     * A failure with what led to it.
     *
     * @param failure what is known
     * @param cause what led to it; its text must hold no secret
     */
    public ApiConnectionException(ApiFailure failure, Throwable cause) {
        super(failure, cause);
    }
}
