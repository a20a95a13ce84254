package io.jenkins.plugins.dedalus.config;

import io.jenkins.plugins.dedalus.proxy.Route;
import io.jenkins.plugins.dedalus.proxy.UpstreamCredentials;
import java.time.Duration;
import java.util.Optional;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * The separate key that is sent to {@code org} and {@code private} preview URLs, if one is configured. Asked on event loops:
 * the credentials are looked up anew only once a minute.
 */
final class ViewerKey implements UpstreamCredentials {
    private static final long KEEP_NANOS = Duration.ofMinutes(1).toNanos();

    private final String credentialsId;
    private volatile Known known;

    private record Known(long at, Optional<String> authorization) {}

    /** Takes the credentials' id; null sends none. */
    ViewerKey(String credentialsId) {
        this.credentialsId = credentialsId;
    }

    @Override
    public Optional<String> authorization(Route route) {
        return route.takesViewerKey() ? header() : Optional.empty();
    }

    /** The whole {@code Authorization} value; empty if no key is configured. */
    Optional<String> header() {
        if (credentialsId == null) {
            return Optional.empty();
        }
        Known current = known;
        if (current == null || System.nanoTime() - current.at() > KEEP_NANOS) {
            current = new Known(
                    System.nanoTime(), ApiCredentials.find(credentialsId, null).map(ViewerKey::bearer));
            known = current;
        }
        return current.authorization();
    }

    private static String bearer(StringCredentials credentials) {
        return "Bearer " + credentials.getSecret().getPlainText();
    }
}
