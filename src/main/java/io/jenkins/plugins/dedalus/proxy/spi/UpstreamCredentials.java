package io.jenkins.plugins.dedalus.proxy.spi;

import java.util.Optional;

/**
 * The separate viewer key for {@code org} and {@code private} preview URLs (decision 8). Off by default: PR code behind the
 * vendor's gateway may see what is sent.
 */
@FunctionalInterface
public interface UpstreamCredentials {
    /** Sends none. */
    UpstreamCredentials NONE = route -> Optional.empty();

    /** The whole {@code Authorization} value to send upstream for this route; empty for none. Never blocks. */
    Optional<String> authorization(Route route);
}
