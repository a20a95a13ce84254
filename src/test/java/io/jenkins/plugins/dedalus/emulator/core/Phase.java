package io.jenkins.plugins.dedalus.emulator.core;

import java.util.Locale;

/** A machine's phase, and in part its desired state. */
public enum Phase {
    ACCEPTED,
    PLACEMENT_PENDING,
    STARTING,
    RUNNING,
    STOPPING,
    SLEEPING,
    DESTROYING,
    DESTROYED,
    FAILED;

    /** As the API writes it. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads what {@link #wire} wrote. */
    public static Phase of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
