package io.jenkins.plugins.dedalus.client.error;

/** The call's deadline passed before there was an answer. */
public class DeadlineExceededException extends DedalusException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public DeadlineExceededException(ApiFailure failure) {
        super(failure);
    }

    /**
     * A failure with what led to it.
     *
     * @param failure what is known
     * @param cause what led to it; its text must hold no secret
     */
    public DeadlineExceededException(ApiFailure failure, Throwable cause) {
        super(failure, cause);
    }
}
