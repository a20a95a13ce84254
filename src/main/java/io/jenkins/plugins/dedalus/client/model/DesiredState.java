package io.jenkins.plugins.dedalus.client.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Set;

/**
 * The state the platform moves a machine towards.
 *
 * <p>An open enumeration: a value this version does not know is kept as the server wrote it.
 *
 * @param value the wire string, never null or blank; {@code unknown} where the server sent none
 */
public record DesiredState(@JsonValue String value) {

    /** Awake. */
    public static final DesiredState RUNNING = new DesiredState("running");

    /** Asleep. */
    public static final DesiredState SLEEPING = new DesiredState("sleeping");

    /** Gone. */
    public static final DesiredState DESTROYED = new DesiredState("destroyed");

    /** Stands for an absent value; never sent by a server. */
    public static final DesiredState UNKNOWN = new DesiredState("unknown");

    private static final Set<DesiredState> KNOWN = Set.of(RUNNING, SLEEPING, DESTROYED);

    /** Replaces a null or blank value by {@code unknown}. */
    public DesiredState {
        value = value == null || value.isBlank() ? "unknown" : value;
    }

    /**
     * The constant or a new value around the wire string.
     *
     * @param value the wire string, may be null
     * @return never null
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static DesiredState of(String value) {
        return new DesiredState(value);
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
