package io.jenkins.plugins.dedalus.router.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.model.PortSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.Service;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecReaderTest {
    private static final RouterConfig.Defaults NONE = new RouterConfig.Defaults(null, null, null, null, null);

    private static PreviewSpec read(String yaml) {
        return SpecReader.read("preview.yaml", yaml, NONE).spec();
    }

    private static List<String> problems(String yaml) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> read(yaml));
        assertThat(refused).as("the file must be refused").isNotNull();
        return refused.problems().stream().map(ConfigProblem::toString).toList();
    }

    @Test
    void readsAWholeFile() {
        SpecReader.PreviewFile file = SpecReader.read("preview.yaml", """
                change: {repository: github.com/acme/shop, number: 12, branch: feature}
                vcpu: 0.5
                memoryMib: 512
                storageGib: 5
                autosleep: 15s
                ports:
                  web: 3000
                  api: {port: 4000, visibility: org}
                packages: [git, nodejs, postgresql, git]
                services:
                  postgres: {database: shop}
                  redis:
                  mailpit: {start: mailpit --listen 127.0.0.1:8025, port: 8025}
                setup: |
                  echo setup
                deploy: echo deploy
                start: ./run
                env: {COLOUR: blue, COUNT: 3, EMPTY: }
                healthPath: /health
                versionPath: /version
                limits: {setup: 2m, response: 20m, idle: 0}
                repeatable: true
                """, NONE);
        PreviewSpec spec = file.spec();

        assertThat(file.change())
                .isEqualTo(Map.of("repository", "github.com/acme/shop", "number", "12", "branch", "feature"));
        assertThat(spec.vcpu()).isEqualTo(0.5);
        assertThat(spec.autosleep().duration()).isEqualTo(Duration.ofSeconds(15));
        assertThat(spec.ports().keySet()).containsExactly("web", "api");
        assertThat(spec.ports().get("web")).isEqualTo(PortSpec.http(3000));
        assertThat(spec.ports().get("api").visibility()).isEqualTo(Visibility.ORG);
        assertThat(spec.packages()).containsExactly("git", "nodejs", "postgresql");
        assertThat(spec.services())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "postgres", new Service.Postgres("shop", null),
                        "redis", new Service.Redis(null),
                        "mailpit", new Service.Command("mailpit --listen 127.0.0.1:8025", 8025)));
        assertThat(spec.setup()).isEqualTo("echo setup\n");
        assertThat(spec.env()).isEqualTo(Map.of("COLOUR", "blue", "COUNT", "3", "EMPTY", ""));
        assertThat(spec.limits().setup()).isEqualTo(Duration.ofMinutes(2));
        assertThat(spec.limits().answers()).isEqualTo(new TimeLimits.Answers(Duration.ofMinutes(20), Duration.ZERO));
        assertThat(spec.repeatable()).isTrue();
    }

    @Test
    void theRoutersDefaultsFillTheGaps() {
        RouterConfig.Defaults defaults = new RouterConfig.Defaults(2.0, 4096, 20, "1h", "org");
        PreviewSpec spec =
                SpecReader.read("p", "port: 8000\nvcpu: 1\n", defaults).spec();

        assertThat(spec.vcpu()).isEqualTo(1);
        assertThat(spec.memoryMib()).isEqualTo(4096);
        assertThat(spec.autosleep().duration()).isEqualTo(Duration.ofHours(1));
        assertThat(spec.mainPort().port()).isEqualTo(8000);
        assertThat(spec.mainPort().visibility()).isEqualTo(Visibility.ORG);
    }

    @Test
    void theEnginesOwnChecksNameTheLineToo() {
        assertThat(problems("port: 3000\nvcpu: 0.1\n"))
                .containsExactly("preview.yaml:2: vcpu: is 0.1; allowed: 0.25 to 64.");
        assertThat(problems("autosleep: soon\n")).singleElement().asString().startsWith("preview.yaml:1: autosleep: ");
        assertThat(problems("ports: {Web: 1}\n")).singleElement().asString().contains("ports");
        assertThat(problems("\nhealthPath: health\n"))
                .singleElement()
                .asString()
                .startsWith("preview.yaml:2: healthPath");
    }

    @Test
    void badPackagesAndServicesAreOneClearSentenceEach() {
        for (String name : List.of("git; rm -rf /", "-o", "$(id)", "git-", "Git", "a b")) {
            assertThat(problems("packages: ['" + name + "']\n"))
                    .containsExactly("preview.yaml:1: packages: is '" + name
                            + "'; allowed: names of Debian packages such as postgresql or g++-12: lower-case letters,"
                            + " digits, + - and dots.");
        }
        assertThat(problems("packages: {git: 1}\n")).singleElement().asString().contains("must be a list");
        assertThat(problems("services: {postgres: {database: 'a\"; drop'}}\n"))
                .singleElement()
                .asString()
                .startsWith("preview.yaml:1: services.postgres: database is 'a\"; drop'; allowed are");
        assertThat(
                        problems(
                                "services: {mail: {port: 1}, postgres: {start: x}, Web: {}, redis: {port: x}, cache: {start: x}}\n"))
                .containsExactly(
                        "preview.yaml:1: services.mail: start is missing: the command that stays in the foreground.",
                        "preview.yaml:1: services.postgres: 'start' is no key of this service, which is known here;"
                                + " allowed: database, port.",
                        "preview.yaml:1: services.Web: 'Web' can't be a name; allowed are up to 31 lower-case letters,"
                                + " digits and single dashes.",
                        "preview.yaml:1: services.redis: port must be a number from 1 to 65535.",
                        "preview.yaml:1: services.cache: port is missing: where the command answers.");
    }

    @Test
    void unknownKeysAndWordsAreRefused() {
        assertThat(problems("prot: 3000\nvisibility: publik\nchange: {repo: x}\nports: {web: {prt: 1}}\n"))
                .anySatisfy(p -> assertThat(p).contains("preview.yaml:1: prot: is not a known key. Did you mean port"))
                .anySatisfy(p -> assertThat(p).contains("visibility"))
                .anySatisfy(p -> assertThat(p).contains("change.repo"))
                .anySatisfy(p -> assertThat(p).contains("ports.web.prt"));
    }
}
