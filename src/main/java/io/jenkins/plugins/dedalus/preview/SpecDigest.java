package io.jenkins.plugins.dedalus.preview;

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
        return HexFormat.of().formatHex(Sha256.of(parts.toString()), 0, 12);
    }
}
