package io.jenkins.plugins.dedalus.github.api;

import io.jenkins.plugins.dedalus.preview.model.Sha256;
import java.util.HexFormat;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Short names for texts. */
@Restricted(NoExternalUse.class)
public final class Digests {
    private static final int BYTES = 16;

    private Digests() {}

    /** 32 hexadecimal digits of a text's SHA-256. */
    public static String of(String text) {
        return HexFormat.of().formatHex(Sha256.of(text), 0, BYTES);
    }
}
