package io.jenkins.plugins.dedalus.proxy.access.revocation;

import java.util.function.Function;

/** Revocations that the owner of the previews makes; here they are only followed. */
public final class FollowedRevocations implements Revocations {
    private final Function<String, Withdrawals> ofHost;

    /** @param ofHost what the owner of a host has withdrawn as of now */
    public FollowedRevocations(Function<String, Withdrawals> ofHost) {
        this.ofHost = ofHost;
    }

    @Override
    public boolean isRevoked(String linkId, String host) {
        return ofHost.apply(host).links().contains(linkId);
    }

    @Override
    public int epoch(String previewId, String host) {
        return ofHost.apply(host).epochs().getOrDefault(previewId, 0);
    }

    /** Always fails: links are withdrawn where the previews' owner is. */
    @Override
    public void revoke(String linkId) {
        throw elsewhere();
    }

    /** Always fails: links are withdrawn where the previews' owner is. */
    @Override
    public void revokeAll(String previewId) {
        throw elsewhere();
    }

    private static UnsupportedOperationException elsewhere() {
        return new UnsupportedOperationException("Share links are withdrawn at the router that owns the previews.");
    }
}
