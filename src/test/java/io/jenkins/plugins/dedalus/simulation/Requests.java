package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.model.Service;
import io.jenkins.plugins.dedalus.preview.model.Source;
import java.util.List;
import java.util.Map;

/** What builds ask for. */
final class Requests {
    private static final String REPOSITORY = "https://github.com/acme/shop.git";

    private Requests() {}

    static PreviewRequest of(Subject subject, long order, String commit, Chance chance) {
        PreviewSpec.Builder spec = PreviewSpec.builder()
                .deploy(Script.DEPLOY)
                .start(Script.SERVE)
                .autosleep(chance.of(0.15) ? "never" : chance.of(0.5) ? "5m" : "30m")
                .memoryMib(chance.of(0.8) ? 2048 : 4096)
                .repeatable(chance.of(0.5));
        if (chance.of(0.6)) {
            spec.setup(Script.SETUP);
        }
        if (Integer.parseInt(subject.key.changeId()) % 2 == 0) {
            spec.packages(List.of("git")).service(Service.POSTGRES, Service.of(Service.POSTGRES, Map.of()));
        }
        Source source =
                chance.of(0.5) ? new Source.Git(REPOSITORY, null, commit, Secrets.GIT_TOKEN) : new Source.Scripts();
        if (chance.of(0.5)) {
            spec.ttl(chance.seconds(3_600, 170_000));
        }
        ChangeContext change = new ChangeContext(
                subject.key.changeId(), "feature", "https://github.com/acme/shop", REPOSITORY, commit, "main", false);
        return new PreviewRequest(
                subject.key,
                spec.build(),
                change,
                source,
                SecretEnv.of(Map.of("APP_PASSWORD", Secrets.APP)),
                order,
                null);
    }
}
