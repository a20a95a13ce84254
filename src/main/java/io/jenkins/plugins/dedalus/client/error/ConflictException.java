package io.jenkins.plugins.dedalus.client.error;

/** 409: the call does not fit the object's state. See the subclasses. */
public class ConflictException extends DedalusException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public ConflictException(ApiFailure failure) {
        super(failure);
    }
}
