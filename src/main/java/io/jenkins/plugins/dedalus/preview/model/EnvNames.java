package io.jenkins.plugins.dedalus.preview.model;

import java.util.regex.Pattern;

/** Which names environment variables may have. */
public final class EnvNames {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** What our own variables begin with while an app is started; the app gets none of them. */
    private static final String OURS = "DEDALUS_PRIVATE_";

    private EnvNames() {}

    public static void check(String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "env: '" + name
                            + "' can't be an environment variable; allowed are letters, digits and _, not starting with a digit.");
        }
        if (name.startsWith(OURS)) {
            throw new IllegalArgumentException("env: '" + name + "' begins with " + OURS
                    + ", which is kept for starting the app; choose another name.");
        }
    }
}
