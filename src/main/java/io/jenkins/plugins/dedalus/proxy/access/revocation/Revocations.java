package io.jenkins.plugins.dedalus.proxy.access.revocation;

/** Which share links and bypass tokens were withdrawn before their time. Look-ups come from memory. Thread-safe. */
public interface Revocations {
    /** Whether this link was withdrawn by whoever owns the host that it opens. */
    boolean isRevoked(String linkId, String host);

    /** Withdraws a link, durably. */
    void revoke(String linkId);

    /**
     * How often everything of this preview was withdrawn by whoever owns the host; part of what is signed. Several owners may
     * have a preview of the same id: what one of them withdraws is no word about another's.
     */
    int epoch(String previewId, String host);

    /** Withdraws every link and token of a preview made so far, durably. */
    void revokeAll(String previewId);
}
