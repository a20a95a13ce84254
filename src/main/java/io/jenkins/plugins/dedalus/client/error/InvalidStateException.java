package io.jenkins.plugins.dedalus.client.error;

/** 409 {@code INVALID_STATE}: not possible in the object's present phase. */
public class InvalidStateException extends ConflictException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public InvalidStateException(ApiFailure failure) {
        super(failure);
    }
}
