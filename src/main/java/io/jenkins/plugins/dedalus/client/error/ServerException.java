package io.jenkins.plugins.dedalus.client.error;

/** 5xx or 408: the platform failed. */
public class ServerException extends DedalusException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public ServerException(ApiFailure failure) {
        super(failure);
    }
}
