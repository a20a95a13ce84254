package io.jenkins.plugins.dedalus.client.error;

/** The call was cancelled, or its thread interrupted. */
public class DedalusCancelledException extends DedalusException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public DedalusCancelledException(ApiFailure failure) {
        super(failure);
    }
}
