package io.jenkins.plugins.dedalus.client.error;

/** 400 or 422, or refused before sending: an argument is not acceptable. */
public class ValidationException extends DedalusException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public ValidationException(ApiFailure failure) {
        super(failure);
    }
}
