package io.jenkins.plugins.dedalus.preview;

import java.util.regex.Pattern;

/** Which names environment variables may have. */
final class EnvNames {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private EnvNames() {}

    static void check(String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "env: '" + name
                            + "' can't be an environment variable; allowed are letters, digits and _, not starting with a digit.");
        }
    }
}
