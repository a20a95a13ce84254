package io.jenkins.plugins.dedalus.client.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Set;

/**
 * Where a machine is in its life.
 *
 * <p>An open enumeration: a value this version does not know is kept as the server wrote it.
 *
 * @param value the wire string, never null or blank; {@code unknown} where the server sent none
 */
public record MachinePhase(@JsonValue String value) {

    /** The request was taken, nothing runs yet. */
    public static final MachinePhase ACCEPTED = new MachinePhase("accepted");

    /** The platform looks for a host. */
    public static final MachinePhase PLACEMENT_PENDING = new MachinePhase("placement_pending");

    /** Booting or resuming. */
    public static final MachinePhase STARTING = new MachinePhase("starting");

    /** Ready for executions; the app inside may still be starting. */
    public static final MachinePhase RUNNING = new MachinePhase("running");

    /** On its way to sleep. */
    public static final MachinePhase STOPPING = new MachinePhase("stopping");

    /** Asleep: nothing but storage is billed. */
    public static final MachinePhase SLEEPING = new MachinePhase("sleeping");

    /** Being wiped. */
    public static final MachinePhase DESTROYING = new MachinePhase("destroying");

    /** Gone, and so is its storage. */
    public static final MachinePhase DESTROYED = new MachinePhase("destroyed");

    /** Lost; see the status' reason and last error. */
    public static final MachinePhase FAILED = new MachinePhase("failed");

    /** Stands for an absent value; never sent by a server. */
    public static final MachinePhase UNKNOWN = new MachinePhase("unknown");

    private static final Set<MachinePhase> KNOWN =
            Set.of(ACCEPTED, PLACEMENT_PENDING, STARTING, RUNNING, STOPPING, SLEEPING, DESTROYING, DESTROYED, FAILED);

    /** Replaces a null or blank value by {@code unknown}. */
    public MachinePhase {
        value = value == null || value.isBlank() ? "unknown" : value;
    }

    /**
     * The constant or a new value around the wire string.
     *
     * @param value the wire string, may be null
     * @return never null
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static MachinePhase of(String value) {
        return new MachinePhase(value);
    }

    /** Whether this is one of the constants, which is to say a value of the documented contract. */
    public boolean known() {
        return KNOWN.contains(this);
    }

    /** Whether the machine will not leave this phase by itself: running, sleeping, destroyed or failed. */
    public boolean settled() {
        return equals(RUNNING) || equals(SLEEPING) || equals(DESTROYED) || equals(FAILED);
    }

    @Override
    public String toString() {
        return value;
    }
}
