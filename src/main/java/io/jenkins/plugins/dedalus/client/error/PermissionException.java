package io.jenkins.plugins.dedalus.client.error;

/** 403: the key is valid, but may not do this. */
public class PermissionException extends DedalusException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public PermissionException(ApiFailure failure) {
        super(failure);
    }
}
