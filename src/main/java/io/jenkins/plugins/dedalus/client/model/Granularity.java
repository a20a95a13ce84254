package io.jenkins.plugins.dedalus.client.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Set;

/**
 * The width of one row of a usage breakdown.
 *
 * <p>An open enumeration: a value this version does not know is kept as the server wrote it.
 *
 * @param value the wire string, never null or blank; {@code unknown} where the server sent none
 */
public record Granularity(@JsonValue String value) {

    /** One row per hour. */
    public static final Granularity HOUR = new Granularity("hour");

    /** One row per day. */
    public static final Granularity DAY = new Granularity("day");

    /** Stands for an absent value; never sent by a server. */
    public static final Granularity UNKNOWN = new Granularity("unknown");

    private static final Set<Granularity> KNOWN = Set.of(HOUR, DAY);

    /** Replaces a null or blank value by {@code unknown}. */
    public Granularity {
        value = value == null || value.isBlank() ? "unknown" : value;
    }

    /**
     * The constant or a new value around the wire string.
     *
     * @param value the wire string, may be null
     * @return never null
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Granularity of(String value) {
        return new Granularity(value);
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
