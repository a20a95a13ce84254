package io.jenkins.plugins.dedalus.preview.model;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/** Tells whether two requests ask for the same spec and code, without keeping either. */
public final class SpecDigest {
    private SpecDigest() {}

    public static String of(PreviewRequest request) {
        PreviewSpec spec = request.spec();
        List<Object> parts = new ArrayList<>(List.of(
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
                request.label(),
                source(request.source())));
        // What is left out leaves earlier digests as they are.
        if (!spec.packages().isEmpty()) {
            parts.add(spec.packages());
        }
        if (!spec.limits().answers().equals(TimeLimits.Answers.NONE)) {
            parts.add(spec.limits().answers());
        }
        spec.services()
                .forEach((name, service) -> parts.add(
                        List.of(name, service, service instanceof Service.Command command ? command.start() : "")));
        return HexFormat.of().formatHex(Sha256.of(parts.toString()), 0, 12);
    }

    /** Which code, however it is fetched: tokens are minted anew for every try. */
    private static String source(Source source) {
        if (source instanceof Source.Git git) {
            return "git " + git.commit() + " of " + git.url();
        }
        return source instanceof Source.Archive archive ? "archive " + archive.sha256() : "scripts";
    }
}
