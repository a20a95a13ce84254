package io.jenkins.plugins.dedalus.client.error;

/** 401: the API key is missing, wrong or revoked. */
public class AuthenticationException extends DedalusException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public AuthenticationException(ApiFailure failure) {
        super(failure);
    }
}
