package io.jenkins.plugins.dedalus.client.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Set;

/**
 * Where an execution is in its life.
 *
 * <p>An open enumeration: a value this version does not know is kept as the server wrote it.
 *
 * @param value the wire string, never null or blank; {@code unknown} where the server sent none
 */
public record ExecutionStatus(@JsonValue String value) {

    /** The machine slept and is being woken. */
    public static final ExecutionStatus WAKE_IN_PROGRESS = new ExecutionStatus("wake_in_progress");

    /** Waiting for the machine. */
    public static final ExecutionStatus QUEUED = new ExecutionStatus("queued");

    /** The command runs, or something it started still holds its output. */
    public static final ExecutionStatus RUNNING = new ExecutionStatus("running");

    /** Ended with exit code 0. */
    public static final ExecutionStatus SUCCEEDED = new ExecutionStatus("succeeded");

    /** Ended with another exit code, a signal or a platform error. */
    public static final ExecutionStatus FAILED = new ExecutionStatus("failed");

    /** Cancelled by a caller. */
    public static final ExecutionStatus CANCELLED = new ExecutionStatus("cancelled");

    /** Ran into its time limit. */
    public static final ExecutionStatus EXPIRED = new ExecutionStatus("expired");

    /** Stands for an absent value; never sent by a server. */
    public static final ExecutionStatus UNKNOWN = new ExecutionStatus("unknown");

    private static final Set<ExecutionStatus> KNOWN =
            Set.of(WAKE_IN_PROGRESS, QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED, EXPIRED);

    /** Replaces a null or blank value by {@code unknown}. */
    public ExecutionStatus {
        value = value == null || value.isBlank() ? "unknown" : value;
    }

    /**
     * The constant or a new value around the wire string.
     *
     * @param value the wire string, may be null
     * @return never null
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ExecutionStatus of(String value) {
        return new ExecutionStatus(value);
    }

    /** Whether this is one of the constants, which is to say a value of the documented contract. */
    public boolean known() {
        return KNOWN.contains(this);
    }

    /** Whether the execution has ended: succeeded, failed, cancelled or expired. An unknown status has not. */
    public boolean finished() {
        return equals(SUCCEEDED) || equals(FAILED) || equals(CANCELLED) || equals(EXPIRED);
    }

    @Override
    public String toString() {
        return value;
    }
}
