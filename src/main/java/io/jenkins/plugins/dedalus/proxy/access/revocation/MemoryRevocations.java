package io.jenkins.plugins.dedalus.proxy.access.revocation;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Revocations that end with the process; for hosts that keep them elsewhere, and tests. */
public final class MemoryRevocations implements Revocations {
    private final Set<String> links = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> epochs = new ConcurrentHashMap<>();

    @Override
    public boolean isRevoked(String linkId, String host) {
        return links.contains(linkId);
    }

    @Override
    public void revoke(String linkId) {
        links.add(linkId);
    }

    @Override
    public int epoch(String previewId, String host) {
        return epochs.getOrDefault(previewId, 0);
    }

    @Override
    public void revokeAll(String previewId) {
        epochs.merge(previewId, 1, Integer::sum);
    }
}
