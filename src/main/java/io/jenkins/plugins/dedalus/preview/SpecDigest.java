package io.jenkins.plugins.dedalus.preview;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/** Tells whether two specs are the same, without keeping either. */
final class SpecDigest {
    private SpecDigest() {}

    static String of(PreviewRequest request) {
        PreviewSpec spec = request.spec();
        List<Object> parts = List.of(
                spec.vcpu(),
                spec.memoryMib(),
                spec.storageGib(),
                spec.autosleep().format(),
                spec.ports(),
                String.valueOf(spec.setup()),
                String.valueOf(spec.deploy()),
                String.valueOf(spec.start()),
                new TreeMap<>(spec.env()),
                spec.healthPath(),
                String.valueOf(spec.versionPath()),
                request.label());
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(parts.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
    }
}
