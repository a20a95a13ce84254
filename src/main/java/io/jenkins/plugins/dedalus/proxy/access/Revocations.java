package io.jenkins.plugins.dedalus.proxy.access;

/** Which share links and bypass tokens were withdrawn before their time. Look-ups come from memory. Thread-safe. */
public interface Revocations {
    /** Whether this link was withdrawn. */
    boolean isRevoked(String linkId);

    /** Withdraws a link, durably. */
    void revoke(String linkId);

    /** How often everything of this preview was withdrawn; part of what is signed. */
    int epoch(String previewId);

    /** Withdraws every link and token of a preview made so far, durably. */
    void revokeAll(String previewId);
}
