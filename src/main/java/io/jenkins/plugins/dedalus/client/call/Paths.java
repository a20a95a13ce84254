package io.jenkins.plugins.dedalus.client.call;

import io.jenkins.plugins.dedalus.client.error.ApiFailure;
import io.jenkins.plugins.dedalus.client.error.Sentences;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import java.util.regex.Pattern;

/**
 * Checks path parameters before they become part of a URL. Ids have had several forms ({@code dm-…}, {@code dm-<uuid>}, a
 * bare UUID): whatever the API returned is an id, as long as it is one segment of a path and stays one.
 */
public final class Paths {

    private static final String ALLOWED =
            "1 to 253 letters, digits and - . _ ~ : @ ! $ & ' ( ) * + , ; =, and neither . nor ..";
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9._~:@!$&'()*+,;=-]{1,253}");

    private Paths() {}

    public static String machineId(String id) {
        return checked("machine id", id);
    }

    public static String executionId(String id) {
        return checked("execution id", id);
    }

    public static String previewId(String id) {
        return checked("preview id", id);
    }

    /** Whether it is one segment of a path as it stands. */
    static boolean safe(String id) {
        return id != null && SEGMENT.matcher(id).matches() && !".".equals(id) && !"..".equals(id);
    }

    private static String checked(String kind, String id) {
        if (!safe(id)) {
            String shown = id == null ? "null" : "“" + Sentences.quote(id) + "”";
            throw new ValidationException(ApiFailure.local(
                    shown + " is no " + kind + ": it must be " + ALLOWED + ". Nothing was sent.", false));
        }
        return id;
    }
}
