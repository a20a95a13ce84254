package io.jenkins.plugins.dedalus.client.model;

import java.util.regex.Pattern;

/** Tells whether two ids name one machine: what one generation of the API calls {@code dm-<uuid>} the next calls by its UUID. */
public final class MachineIds {

    private static final String PREFIX = "dm-";
    private static final Pattern PREFIXED_UUID =
            Pattern.compile("dm-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private MachineIds() {}

    /**
     * The id for comparing, never for calls: those send an id as it was returned.
     *
     * @param id may be null, then so is the result
     */
    public static String canonical(String id) {
        return id != null && PREFIXED_UUID.matcher(id).matches() ? id.substring(PREFIX.length()) : id;
    }
}
