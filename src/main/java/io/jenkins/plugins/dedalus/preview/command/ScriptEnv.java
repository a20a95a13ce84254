package io.jenkins.plugins.dedalus.preview.command;

import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The environment of a preview's scripts and app. */
public final class ScriptEnv {
    private final PreviewRequest request;
    private final Function<ExposedPort, String> publicUrl;

    public ScriptEnv(PreviewRequest request, Function<ExposedPort, String> publicUrl) {
        this.request = request;
        this.publicUrl = publicUrl;
    }

    /** What services of the preview's own get: the same for each commit, or each would start them anew. */
    Map<String, String> ofServices() {
        Map<String, String> env = new LinkedHashMap<>(request.spec().env());
        if (!request.change().fork()) {
            env.putAll(request.secrets().reveal());
        }
        return env;
    }

    /** Plain and secret variables of the request, then ours, which win; no secrets for forks. */
    Map<String, String> of(PreviewRecord record) {
        Map<String, String> env = ofServices();
        ChangeContext change = request.change();
        put(env, "CHANGE_ID", change.changeId());
        put(env, "CHANGE_BRANCH", change.branch());
        put(env, "CHANGE_URL", change.url());
        put(env, "CHANGE_TARGET", change.target());
        put(env, "GIT_URL", change.gitUrl());
        put(env, "GIT_COMMIT", change.commit());
        for (ExposedPort port : record.ports().values()) {
            if (port.url() == null) {
                continue;
            }
            String url = publicUrl.apply(port);
            if (port.equals(record.mainPort())) {
                put(env, "PREVIEW_URL", url);
            }
            put(env, "PREVIEW_URL_" + port.name().toUpperCase(Locale.ROOT).replace('-', '_'), url);
        }
        return env;
    }

    private static void put(Map<String, String> env, String name, String value) {
        if (value != null) {
            env.put(name, value);
        }
    }
}
