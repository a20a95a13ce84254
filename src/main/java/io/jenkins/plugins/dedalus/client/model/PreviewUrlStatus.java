package io.jenkins.plugins.dedalus.client.model;

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
public record PreviewUrlStatus(@JsonValue String value) {

    /** The machine is being woken; there is no URL yet. */
    public static final PreviewUrlStatus WAKE_IN_PROGRESS = new PreviewUrlStatus("wake_in_progress");

    /** The URL is there. */
    public static final PreviewUrlStatus READY = new PreviewUrlStatus("ready");

    /** Deleted. */
    public static final PreviewUrlStatus CLOSED = new PreviewUrlStatus("closed");

    /** Past its end. */
    public static final PreviewUrlStatus EXPIRED = new PreviewUrlStatus("expired");

    /** Could not be made; see the error code. */
    public static final PreviewUrlStatus FAILED = new PreviewUrlStatus("failed");

    /** Stands for an absent value; never sent by a server. */
    public static final PreviewUrlStatus UNKNOWN = new PreviewUrlStatus("unknown");

    private static final Set<PreviewUrlStatus> KNOWN = Set.of(WAKE_IN_PROGRESS, READY, CLOSED, EXPIRED, FAILED);

    /** Replaces a null or blank value by {@code unknown}. */
    public PreviewUrlStatus {
        value = value == null || value.isBlank() ? "unknown" : value;
    }

    /**
     * The constant or a new value around the wire string.
     *
     * @param value the wire string, may be null
     * @return never null
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static PreviewUrlStatus of(String value) {
        return new PreviewUrlStatus(value);
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
