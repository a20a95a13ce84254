package io.jenkins.plugins.dedalus.accounts;

import hudson.model.Computer;
import io.jenkins.plugins.dedalus.config.ApiCredentials;
import io.jenkins.plugins.dedalus.config.Moment;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.UpstreamCredentials;
import java.time.Duration;
import java.util.Optional;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * The separate key that is sent to {@code org} and {@code private} preview URLs, if one is configured. Asked on event loops:
 * the credentials are looked up elsewhere, at most once a minute, and the key found last is sent meanwhile.
 */
public final class ViewerKey implements UpstreamCredentials {
    private static final Duration KEPT = Duration.ofMinutes(1);

    private final String credentialsId;
    private final SingleFlight<Optional<String>> authorization;

    /** Takes the credentials' id; null sends none. */
    public ViewerKey(String credentialsId) {
        this.credentialsId = credentialsId;
        this.authorization = new SingleFlight<>(
                () -> ApiCredentials.find(credentialsId, null).map(ViewerKey::bearer),
                KEPT,
                Computer.threadPoolForRemoting,
                System::nanoTime);
    }

    /** Looks the credentials up for the first time and waits a moment for them: before anybody needs them. */
    public ViewerKey ready() {
        if (credentialsId != null) {
            Moment.wait(authorization.fresh());
        }
        return this;
    }

    @Override
    public Optional<String> authorization(Route route) {
        return route.takesViewerKey() ? header() : Optional.empty();
    }

    /** The whole {@code Authorization} value; empty if no key is configured, or none was found. Waits for nothing. */
    Optional<String> header() {
        return credentialsId == null ? Optional.empty() : authorization.lately().flatMap(found -> found);
    }

    private static String bearer(StringCredentials credentials) {
        return "Bearer " + credentials.getSecret().getPlainText();
    }
}
