package io.jenkins.plugins.dedalus.client;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Set;

/**
 * Where a preview URL is in its life.
 *
 * <p>An open enumeration: a value this version does not know is kept as the server wrote it.
 *
 * @param value the wire string, never null or blank; {@code unknown} where the server sent none
 */
public record PreviewStatus(@JsonValue String value) {

    /** The machine is being woken; there is no URL yet. */
    public static final PreviewStatus WAKE_IN_PROGRESS = new PreviewStatus("wake_in_progress");

    /** The URL is there. */
    public static final PreviewStatus READY = new PreviewStatus("ready");

    /** Deleted. */
    public static final PreviewStatus CLOSED = new PreviewStatus("closed");

    /** Past its end. */
    public static final PreviewStatus EXPIRED = new PreviewStatus("expired");

    /** Could not be made; see the error code. */
    public static final PreviewStatus FAILED = new PreviewStatus("failed");

    /** Stands for an absent value; never sent by a server. */
    public static final PreviewStatus UNKNOWN = new PreviewStatus("unknown");

    private static final Set<PreviewStatus> KNOWN = Set.of(WAKE_IN_PROGRESS, READY, CLOSED, EXPIRED, FAILED);

    /** Replaces a null or blank value by {@code unknown}. */
    public PreviewStatus {
        value = value == null || value.isBlank() ? "unknown" : value;
    }

    /**
     * The constant or a new value around the wire string.
     *
     * @param value the wire string, may be null
     * @return never null
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static PreviewStatus of(String value) {
        return new PreviewStatus(value);
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
