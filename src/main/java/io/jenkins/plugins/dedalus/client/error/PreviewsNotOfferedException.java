package io.jenkins.plugins.dedalus.client.error;

/** The API has no calls that give a machine's port a URL: whatever is made there, no viewer can reach it. */
public final class PreviewsNotOfferedException extends DedalusException {

    private static final long serialVersionUID = 1L;

    /** Says so. */
    public PreviewsNotOfferedException() {
        super(ApiFailure.local(
                "This Dedalus API offers neither previews nor ports: previews can't be reached."
                        + " Ask Dedalus whether your account has them, or check the base URL.",
                false));
    }
}
