package io.jenkins.plugins.dedalus.proxy.access.revocation;

import java.util.Map;
import java.util.Set;

/**
 * Share links and bypass tokens that were withdrawn before their time, as their owner tells its followers. No secrets.
 *
 * @param links ids of withdrawn links
 * @param epochs by preview id, how often everything of that preview was withdrawn
 */
public record Withdrawals(Set<String> links, Map<String, Integer> epochs) {
    /** Nothing was withdrawn. */
    public static final Withdrawals NONE = new Withdrawals(Set.of(), Map.of());

    /** Copies both. */
    public Withdrawals {
        links = Set.copyOf(links);
        epochs = Map.copyOf(epochs);
    }
}
