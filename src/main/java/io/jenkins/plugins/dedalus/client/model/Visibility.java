package io.jenkins.plugins.dedalus.client.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Set;

/**
 * Who may open a preview URL.
 *
 * <p>An open enumeration: a value this version does not know is kept as the server wrote it.
 *
 * @param value the wire string, never null or blank; {@code unknown} where the server sent none
 */
public record Visibility(@JsonValue String value) {

    /** Anyone. */
    public static final Visibility PUBLIC = new Visibility("public");

    /** The creator. */
    public static final Visibility PRIVATE = new Visibility("private");

    /** Members of the organisation; a program sends the API key. */
    public static final Visibility ORG = new Visibility("org");

    /** Stands for an absent value; never sent by a server. */
    public static final Visibility UNKNOWN = new Visibility("unknown");

    private static final Set<Visibility> KNOWN = Set.of(PUBLIC, PRIVATE, ORG);

    /** Replaces a null or blank value by {@code unknown}. */
    public Visibility {
        value = value == null || value.isBlank() ? "unknown" : value;
    }

    /**
     * The constant or a new value around the wire string.
     *
     * @param value the wire string, may be null
     * @return never null
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Visibility of(String value) {
        return new Visibility(value);
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
