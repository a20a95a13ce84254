package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.model.PortSpec;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;

/** One port as an execution keeps it. */
final class SavedPort implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Set<String> KEYS = Set.of("port", "protocol", "visibility");
    private static final Set<String> PROTOCOLS = Set.of("http", "https");
    private static final Set<String> VISIBILITIES = Set.of("public", "org", "private");

    private final int port;
    private final String protocol;
    private final String visibility;

    private SavedPort(int port, String protocol, String visibility) {
        this.port = port;
        this.protocol = protocol;
        this.visibility = visibility;
    }

    static SavedPort of(PortSpec spec) {
        return new SavedPort(
                spec.port(), spec.protocol().value(), spec.visibility().value());
    }

    /** Reads a number, or a map of port, protocol and visibility. */
    static SavedPort read(String name, Object value, Protocol protocol, Visibility visibility) throws AbortException {
        if (value instanceof Map<?, ?> map) {
            if (!KEYS.containsAll(map.keySet()) || map.get("port") == null) {
                throw new AbortException(Messages.SavedPort_map(name));
            }
            return new SavedPort(
                    number(name, map.get("port")),
                    map.get("protocol") == null
                            ? protocol.value()
                            : protocol(map.get("protocol").toString()).value(),
                    map.get("visibility") == null
                            ? visibility.value()
                            : visibility(map.get("visibility").toString()).value());
        }
        return new SavedPort(number(name, value), protocol.value(), visibility.value());
    }

    static Protocol protocol(String text) throws AbortException {
        if (!PROTOCOLS.contains(text)) {
            throw new AbortException(Messages.SavedPort_protocol(text));
        }
        return Protocol.of(text);
    }

    static Visibility visibility(String text) throws AbortException {
        if (!VISIBILITIES.contains(text)) {
            throw new AbortException(Messages.SavedPort_visibility(text));
        }
        return Visibility.of(text);
    }

    private static int number(String name, Object value) throws AbortException {
        try {
            return Integer.parseInt(String.valueOf(value).trim());
        } catch (NumberFormatException e) {
            throw (AbortException) new AbortException(Messages.SavedPort_number(name, value)).initCause(e);
        }
    }

    PortSpec spec() {
        return new PortSpec(port, Protocol.of(protocol), Visibility.of(visibility));
    }
}
