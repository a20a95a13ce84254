package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.github.SurfaceSettings;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import io.jenkins.plugins.dedalus.surface.ChangeFacts;
import io.jenkins.plugins.dedalus.surface.PreviewFacts;
import io.jenkins.plugins.dedalus.surface.PreviewFacts.Standing;
import java.time.Instant;
import java.util.List;

/** Facts for tests. */
public final class Facts {
    public static final ChangeRef CHANGE = new ChangeRef("github.com/acme/shop", "12");
    public static final String ID = "pr-12-shop-x7f2";
    public static final String URL = "https://pr-12-shop-x7f2.previews.example.net/";
    public static final String LOG = "https://ci.example.com/job/shop/job/PR-12/3/";
    public static final String ONE = "a1".repeat(20);
    public static final String TWO = "b2".repeat(20);
    public static final String INSTANCE = "0123456789ab";

    private Facts() {}

    public static PreviewFacts of(Standing standing, String commit) {
        boolean failed = standing == Standing.FAILED;
        return new PreviewFacts(
                ID,
                null,
                standing,
                commit,
                standing == Standing.READY ? commit : null,
                standing == Standing.READY ? URL : null,
                LOG,
                failed ? "deploy ended with exit code 2." : null,
                failed ? List.of("npm ERR! missing script: build") : List.of(),
                standing == Standing.CLOSING ? Instant.parse("2026-12-01T08:30:00Z") : null,
                "$0.12",
                null);
    }

    public static PreviewFacts failed(String problem, List<String> log) {
        return new PreviewFacts(ID, null, Standing.FAILED, TWO, ONE, URL, LOG, problem, log, null, null, null);
    }

    public static PreviewFacts named(String name) {
        return new PreviewFacts(
                "pr-12-shop-" + name.length(),
                name,
                Standing.READY,
                ONE,
                ONE,
                URL,
                LOG,
                null,
                List.of(),
                null,
                null,
                null);
    }

    public static DesiredState wanted(PreviewFacts... previews) {
        return wanted(SurfaceSettings.DEFAULT, previews);
    }

    public static DesiredState wanted(SurfaceSettings settings, PreviewFacts... previews) {
        return wanted(settings, List.of(), previews);
    }

    public static DesiredState wanted(
            SurfaceSettings settings, List<CommandOutcome> notices, PreviewFacts... previews) {
        return DesiredState.of(new ChangeFacts(CHANGE, "shop", List.of(previews)), INSTANCE, settings, notices);
    }
}
