package io.jenkins.plugins.dedalus.client.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Set;

/**
 * What the app speaks on its port.
 *
 * <p>An open enumeration: a value this version does not know is kept as the server wrote it.
 *
 * @param value the wire string, never null or blank; {@code unknown} where the server sent none
 */
public record Protocol(@JsonValue String value) {

    /** Plain HTTP. */
    public static final Protocol HTTP = new Protocol("http");

    /** TLS, usually with a certificate of its own. */
    public static final Protocol HTTPS = new Protocol("https");

    /** Stands for an absent value; never sent by a server. */
    public static final Protocol UNKNOWN = new Protocol("unknown");

    private static final Set<Protocol> KNOWN = Set.of(HTTP, HTTPS);

    /** Replaces a null or blank value by {@code unknown}. */
    public Protocol {
        value = value == null || value.isBlank() ? "unknown" : value;
    }

    /**
     * The constant or a new value around the wire string.
     *
     * @param value the wire string, may be null
     * @return never null
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Protocol of(String value) {
        return new Protocol(value);
    }

    /** Whether this is one of the constants, which is to say a value of the documented contract. */
    public boolean known() {
        return KNOWN.contains(this);
    }

    @Override
    public String toString() {
        return value;
    }
}
