package io.jenkins.plugins.dedalus.client.error;

/** 409 {@code REVISION_MISMATCH}: the machine changed meanwhile, again and again. */
public class RevisionMismatchException extends ConflictException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public RevisionMismatchException(ApiFailure failure) {
        super(failure);
    }
}
