package io.jenkins.plugins.dedalus.client;

import java.util.regex.Pattern;

/** Checks path parameters before they become part of a URL. */
final class Paths {

    private static final Pattern MACHINE_ID = Pattern.compile("dm-[a-z0-9-]{1,250}");
    private static final Pattern OTHER_ID = Pattern.compile("[A-Za-z0-9._~:@-]{1,253}");

    private Paths() {}

    static String machineId(String id) {
        if (id == null || !MACHINE_ID.matcher(id).matches()) {
            throw refused("machine id", id, "dm- and then lower-case letters, digits and dashes, 4 to 253 characters");
        }
        return id;
    }

    static String executionId(String id) {
        return other("execution id", id);
    }

    static String previewId(String id) {
        return other("preview id", id);
    }

    private static String other(String kind, String id) {
        if (id == null || !OTHER_ID.matcher(id).matches() || ".".equals(id) || "..".equals(id)) {
            throw refused(kind, id, "letters, digits and . _ ~ : @ -, 1 to 253 characters");
        }
        return id;
    }

    private static ValidationException refused(String kind, String id, String allowed) {
        String shown = id == null ? "null" : "“" + Sentences.quote(id) + "”";
        return new ValidationException(
                ApiFailure.local(shown + " is no " + kind + ": it must be " + allowed + ". Nothing was sent.", false));
    }
}
