package io.jenkins.plugins.dedalus.preview;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The executions of an ensure: what each runs, reads and gets as environment. */
final class ScriptPlans {
    private final PreviewRequest request;
    private final ScriptEnv env;

    ScriptPlans(PreviewRequest request, ScriptEnv env) {
        this.request = request;
        this.env = env;
    }

    ScriptPlan fetch(Source.Git git) {
        Map<String, String> fetchEnv = gitEnv(git);
        fetchEnv.put("DEDALUS_GIT_URL", git.url());
        fetchEnv.put("DEDALUS_GIT_REF", git.ref() == null ? "" : git.ref());
        if (git.token() != null && !request.change().fork()) {
            fetchEnv.put("DEDALUS_GIT_TOKEN", git.token());
        }
        return ours("fetch", "fetch.sh", fetchEnv, null);
    }

    ScriptPlan checkout(Source.Git git) {
        return ours("checkout", "checkout.sh", gitEnv(git), null);
    }

    /** Stores a piece of the archive under its number. */
    ScriptPlan piece(int number, byte[] bytes) {
        return new ScriptPlan(
                "upload",
                Scripts.reading(
                        "piece.sh", Integer.toString(number), HexFormat.of().formatHex(Sha256.of(bytes))),
                Base64.getEncoder().encodeToString(bytes),
                Map.of(),
                request.spec().limits().source(),
                true);
    }

    ScriptPlan unpack(Source.Archive archive) {
        return ours("unpack", "unpack.sh", Map.of("DEDALUS_ARCHIVE_SHA256", archive.sha256()), null);
    }

    ScriptPlan setup(PreviewRecord record) {
        return theirs(
                "setup", request.spec().setup(), record, request.spec().limits().setup());
    }

    ScriptPlan deploy(PreviewRecord record) {
        return theirs(
                "deploy",
                request.spec().deploy(),
                record,
                request.spec().limits().deploy());
    }

    /** Leaves the start command on the machine, stops the previous start, runs the new one and waits until it serves. */
    ScriptPlan start(PreviewRecord record) {
        PreviewSpec spec = request.spec();
        Map<String, String> app = env.of(record);
        // The machine may have a PORT of its own; the app's is handed over under another name so as not to hide it.
        String appPort = app.remove("PORT");
        boolean other = appPort != null
                && !appPort.equals(Integer.toString(spec.mainPort().port()));
        Map<String, String> all = new LinkedHashMap<>(app);
        all.put("DP_APP_PORT", other ? appPort : "");
        List<String> ports = new ArrayList<>();
        spec.ports().values().forEach(port -> ports.add(Integer.toString(port.port())));
        all.put("DP_NAMES", String.join(" ", app.keySet()));
        all.put("DP_COMMAND", Scripts.base64(spec.start()));
        all.put("DP_PORTS", String.join(" ", ports));
        all.put("DP_HEALTH", spec.healthPath());
        all.put("DP_PROTOCOL", spec.mainPort().protocol().value());
        boolean versioned = spec.versionPath() != null && request.change().commit() != null;
        all.put("DP_VERSION_PATH", versioned ? spec.versionPath() : "");
        all.put("DP_COMMIT", versioned ? request.change().commit() : "");
        all.put("DP_CWD", request.source().delivers() ? Source.DIRECTORY : "");
        all.put("DP_MARK", record.machineId());
        all.put("DP_BODY", Scripts.base64(Scripts.load("start.sh")));
        all.put("DP_LIMIT", Long.toString(spec.limits().start().toSeconds()));
        return new ScriptPlan(
                "start",
                Scripts.command(null),
                Scripts.load("install.sh"),
                all,
                // Stopping the previous start takes its time too.
                spec.limits().start().plusSeconds(60),
                true);
    }

    private Map<String, String> gitEnv(Source.Git git) {
        Map<String, String> gitEnv = new LinkedHashMap<>();
        gitEnv.put("DEDALUS_GIT_COMMIT", git.commit());
        return gitEnv;
    }

    private ScriptPlan ours(String step, String script, Map<String, String> stepEnv, String directory) {
        return new ScriptPlan(
                step,
                Scripts.command(directory),
                Scripts.load(script),
                stepEnv,
                request.spec().limits().source(),
                true);
    }

    private ScriptPlan theirs(String step, String script, PreviewRecord record, java.time.Duration limit) {
        return new ScriptPlan(
                step,
                Scripts.command(request.source().delivers() ? Source.DIRECTORY : null),
                script,
                env.of(record),
                limit,
                request.spec().repeatable());
    }
}
