package io.jenkins.plugins.dedalus.preview.command;

import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.Sha256;
import io.jenkins.plugins.dedalus.preview.model.Source;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The executions of an ensure: what each runs, reads and gets as environment. */
public final class ScriptPlans {
    private final PreviewRequest request;
    private final ScriptEnv env;
    private final ServicePlans services;

    public ScriptPlans(PreviewRequest request, ScriptEnv env) {
        this.request = request;
        this.env = env;
        this.services = new ServicePlans(request, env);
    }

    public ScriptPlan packages(PreviewRecord record) {
        return services.packages(record);
    }

    public ScriptPlan services(PreviewRecord record) {
        return services.services(record);
    }

    public ScriptPlan fetch(Source.Git git) {
        Map<String, String> fetchEnv = gitEnv(git);
        fetchEnv.put("DEDALUS_GIT_URL", git.url());
        fetchEnv.put("DEDALUS_GIT_REF", git.ref() == null ? "" : git.ref());
        if (git.token() != null && !request.change().fork()) {
            fetchEnv.put("DEDALUS_GIT_TOKEN", git.token());
        }
        return ours("fetch", Scripts.load("apt.sh", "fetch.sh"), fetchEnv);
    }

    public ScriptPlan checkout(Source.Git git) {
        return ours("checkout", Scripts.load("checkout.sh"), gitEnv(git));
    }

    /** Stores a piece of the archive under its number. */
    public ScriptPlan piece(int number, byte[] bytes) {
        return new ScriptPlan(
                "upload",
                Scripts.reading(
                        "piece.sh", Integer.toString(number), HexFormat.of().formatHex(Sha256.of(bytes))),
                Base64.getEncoder().encodeToString(bytes),
                Map.of(),
                request.spec().limits().source(),
                true);
    }

    public ScriptPlan unpack(Source.Archive archive) {
        return ours("unpack", Scripts.load("unpack.sh"), Map.of("DEDALUS_ARCHIVE_SHA256", archive.sha256()));
    }

    public ScriptPlan setup(PreviewRecord record) {
        return theirs(
                "setup", request.spec().setup(), record, request.spec().limits().setup());
    }

    /** Leaves the script and its variables on the machine, for a reset. */
    public ScriptPlan deploy(PreviewRecord record) {
        Map<String, String> all = env.of(record);
        all.put("DEDALUS_PRIVATE_NAMES", String.join(" ", all.keySet()));
        return new ScriptPlan(
                "deploy",
                Scripts.keeping(request.source().delivers() ? Source.DIRECTORY : null, "deploy"),
                request.spec().deploy(),
                all,
                request.spec().limits().deploy(),
                request.spec().repeatable());
    }

    /** Deletes the services' data and deploys again, with what the last deploy left on the machine. */
    public static ScriptPlan reset() {
        return new ScriptPlan(
                "reset",
                Scripts.own(),
                Scripts.load("process.sh", "heal.sh", "script.sh", "reset.sh"),
                Map.of(),
                TimeLimits.DEFAULT.setup().plus(TimeLimits.DEFAULT.deploy()),
                true);
    }

    /** Leaves the start command on the machine, stops the previous start, runs the new one and waits until it serves. */
    public ScriptPlan start(PreviewRecord record) {
        PreviewSpec spec = request.spec();
        Map<String, String> app = env.of(record);
        // The machine may have a PORT of its own; the app's is handed over under another name so as not to hide it.
        String appPort = app.remove("PORT");
        boolean other = appPort != null
                && !appPort.equals(Integer.toString(spec.mainPort().port()));
        Map<String, String> all = new LinkedHashMap<>(app);
        all.put("DEDALUS_PRIVATE_APP_PORT", other ? appPort : "");
        List<String> ports = new ArrayList<>();
        spec.ports().values().forEach(port -> ports.add(Integer.toString(port.port())));
        all.put("DEDALUS_PRIVATE_NAMES", String.join(" ", app.keySet()));
        all.put("DEDALUS_PRIVATE_COMMAND", spec.start() == null ? "" : Scripts.base64(spec.start()));
        all.put("DEDALUS_PRIVATE_PORTS", String.join(" ", ports));
        all.put("DEDALUS_PRIVATE_HEALTH", spec.healthPath());
        all.put("DEDALUS_PRIVATE_PROTOCOL", spec.mainPort().protocol().value());
        all.put("DEDALUS_PRIVATE_HOST", record.url() == null ? "" : authority(record.url()));
        boolean versioned = spec.versionPath() != null && request.change().commit() != null;
        all.put("DEDALUS_PRIVATE_VERSION_PATH", versioned ? spec.versionPath() : "");
        all.put("DEDALUS_PRIVATE_COMMIT", versioned ? request.change().commit() : "");
        all.put("DEDALUS_PRIVATE_CWD", request.source().delivers() ? Source.DIRECTORY : "");
        all.put("DEDALUS_PRIVATE_MARK", record.machineId());
        all.put("DEDALUS_PRIVATE_HAS_PACKAGES", spec.packages().isEmpty() ? "" : "1");
        all.put("DEDALUS_PRIVATE_HAS_SERVICES", spec.services().isEmpty() ? "" : "1");
        all.put("DEDALUS_PRIVATE_BODY", Scripts.base64(Scripts.load("process.sh", "heal.sh", "start.sh")));
        all.put("DEDALUS_PRIVATE_LIMIT", Long.toString(spec.limits().start().toSeconds()));
        return new ScriptPlan(
                "start",
                Scripts.own(),
                Scripts.load("script.sh", "install.sh"),
                all,
                // Stopping the previous start takes its time too.
                spec.limits().start().plusSeconds(60),
                true);
    }

    /** Under which host the app is asked: dev servers answer only for hosts that they know. */
    private static String authority(String url) {
        String authority = URI.create(url).getRawAuthority();
        return authority == null ? "" : authority;
    }

    private Map<String, String> gitEnv(Source.Git git) {
        Map<String, String> gitEnv = new LinkedHashMap<>();
        gitEnv.put("DEDALUS_GIT_COMMIT", git.commit());
        return gitEnv;
    }

    private ScriptPlan ours(String step, String script, Map<String, String> stepEnv) {
        return new ScriptPlan(
                step, Scripts.own(), script, stepEnv, request.spec().limits().source(), true);
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
