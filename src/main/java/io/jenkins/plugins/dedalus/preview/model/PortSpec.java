package io.jenkins.plugins.dedalus.preview.model;

import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;

/**
 * One port of the app that gets a preview URL of its own.
 *
 * @param port 1 to 65535
 * @param protocol what the app speaks there; null means http
 * @param visibility who may open the Dedalus URL; null means public
 */
public record PortSpec(int port, Protocol protocol, Visibility visibility) {
    /** Checks the port number; throws {@link IllegalArgumentException} naming the value and what is allowed. */
    public PortSpec {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port is " + port + "; allowed are 1 to 65535.");
        }
        protocol = protocol == null ? Protocol.HTTP : protocol;
        visibility = visibility == null ? Visibility.PUBLIC : visibility;
    }

    /** A public http port. */
    public static PortSpec http(int port) {
        return new PortSpec(port, Protocol.HTTP, Visibility.PUBLIC);
    }
}
