package io.jenkins.plugins.dedalus.client.error;

/** An answer that is not the API's: HTML, broken JSON, nothing, too much, or a redirect. */
public class MalformedResponseException extends DedalusException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param failure what is known
     */
    public MalformedResponseException(ApiFailure failure) {
        super(failure);
    }
}
