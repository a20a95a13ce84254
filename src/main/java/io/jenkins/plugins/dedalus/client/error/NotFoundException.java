package io.jenkins.plugins.dedalus.client.error;

/** 404: the object does not exist, or not for this key. */
public class NotFoundException extends DedalusException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public NotFoundException(ApiFailure failure) {
        super(failure);
    }
}
