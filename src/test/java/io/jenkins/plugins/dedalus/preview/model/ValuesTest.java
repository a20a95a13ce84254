package io.jenkins.plugins.dedalus.preview.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "https://GitHub.com/Acme/Shop.git, github.com/acme/shop",
        "ssh://git@github.com:22/acme/shop.git, github.com/acme/shop",
        "github.com:22/Acme/shop, github.com/acme/shop",
        "https://gitlab.com:443/Group/Sub/Shop, gitlab.com/group/sub/shop",
        "git@bitbucket.org:Acme/Shop.git, bitbucket.org/acme/shop",
        "https://git.example.net:443/Acme/Shop.git, git.example.net/Acme/Shop",
        "http://git.example.net:8080/Acme/Shop.git, git.example.net:8080/Acme/Shop",
        "https://user:pw@github.com/acme/shop, github.com/acme/shop",
        "git@GitHub.com:acme/shop.git, github.com/acme/shop",
        "ssh://git@git.example.net:7999/acme/shop.git, git.example.net:7999/acme/shop",
        "github.com/acme/shop/, github.com/acme/shop",
        "/srv/git/shop.git, /srv/git/shop",
    })
    void oneRepositoryHasOneName(String spelling, String normal) {
        assertThat(PreviewKey.normaliseRepository(spelling)).isEqualTo(normal);
        assertThat(PreviewKey.normaliseRepository(normal)).isEqualTo(normal);
    }

    /** Lists of thousands are sorted and looked up by it, on every page. */
    @Test
    void anIdIsHashedOnce() {
        PreviewKey key = PreviewKey.of("github.com/acme/shop", "123");
        assertThat(key.id()).isSameAs(key.id());
        assertThat(key)
                .isEqualTo(PreviewKey.of("github.com/acme/shop", "123"))
                .hasSameHashCodeAs(PreviewKey.of("github.com/acme/shop", "123"))
                .isNotEqualTo(PreviewKey.of("github.com/acme/shop", "124"))
                .isNotEqualTo(new PreviewKey("github.com/acme/shop", "123", "api"))
                .isNotEqualTo(PreviewKey.of("github.com/acme/store", "123"));
    }

    @Test
    void idsAreStableLabelsThatTellRepositoriesApart() {
        PreviewKey key = PreviewKey.of("github.com/acme/shop", "123");
        assertThat(key.id())
                .matches("pr-123-shop-[a-z2-9]{4}")
                .isEqualTo(
                        PreviewKey.of("https://github.com/acme/shop.git", "123").id());
        assertThat(PreviewKey.of("github.com/other/shop", "123").id()).isNotEqualTo(key.id());
        assertThat(new PreviewKey("github.com/acme/shop", "123", "api").id()).startsWith("pr-123-shop-api-");
        assertThat(PreviewKey.of("github.com/acme/" + "x".repeat(90), "feature/Ünïcode--1")
                        .id())
                .matches("[a-z0-9-]{1,44}")
                .doesNotContain("--");
        assertThat(key.describe()).isEqualTo("#123 of github.com/acme/shop");
        assertThat(new PreviewKey("a/b", "1", "api").toString()).contains("(api)");
        assertThatThrownBy(() -> PreviewKey.of(" ", "1")).hasMessageContaining("repository is empty");
        assertThatThrownBy(() -> PreviewKey.of("a/b", "")).hasMessageContaining("changeId is empty");
    }

    @ParameterizedTest
    @CsvSource({
        "30s, 30, 30s",
        "15m, 900, 15m",
        "2h, 7200, 2h",
        "7d3h4s, 615604, 1w3h4s",
        "1w3d, 864000, 1w3d",
        "1800, 1800, 30m"
    })
    void autosleepIsReadAndWrittenAsTheApiDoes(String text, long seconds, String formatted) {
        Autosleep autosleep = Autosleep.parse(text);
        assertThat(autosleep.duration()).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(autosleep.format()).isEqualTo(formatted);
        assertThat(Autosleep.parse(formatted)).isEqualTo(autosleep);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0s", "5 m", "m", "-1", "1.5h", "5m3h", "always", "1500ms", "250ms"})
    void otherAutosleepsAreRefusedWithExamples(String text) {
        assertThatThrownBy(() -> Autosleep.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("autosleep is")
                .hasMessageContaining("or never");
    }

    @Test
    void neverAndAbsentAutosleep() {
        assertThat(Autosleep.parse("never")).isEqualTo(Autosleep.NEVER).hasToString("never");
        assertThat(Autosleep.parse(null)).isEqualTo(Autosleep.DEFAULT).hasToString("5m");
        assertThat(Autosleep.ofSeconds(null)).isEqualTo(Autosleep.NEVER);
        assertThat(Autosleep.ofSeconds(0L)).isEqualTo(Autosleep.NEVER);
        assertThat(Autosleep.ofSeconds(90L).format()).isEqualTo("1m30s");
    }

    @Test
    void defaultsAreSensibleAndSlowThingsAreWarnedOf() {
        PreviewSpec spec = PreviewSpec.builder().start("serve").build();
        assertThat(spec.vcpu()).isEqualTo(1);
        assertThat(spec.memoryMib()).isEqualTo(2048);
        assertThat(spec.storageGib()).isEqualTo(10);
        assertThat(spec.autosleep().format()).isEqualTo("5m");
        assertThat(spec.mainPortName()).isEqualTo("web");
        assertThat(spec.mainPort()).isEqualTo(PortSpec.http(3000));
        assertThat(spec.healthPath()).isEqualTo("/");
        assertThat(spec.warnings()).isEmpty();
        assertThat(PreviewSpec.builder()
                        .storageGib(51)
                        .autosleep("never")
                        .build()
                        .warnings())
                .hasSize(3)
                .anyMatch(warning -> warning.contains("storageGib is 51"));
    }

    @Test
    void badSpecsNameFieldValueAndWhatIsAllowed() {
        refused(PreviewSpec.builder().vcpu(0), "vcpu is 0.0; allowed: 0.25 to 64.");
        refused(PreviewSpec.builder().vcpu(Double.NaN), "vcpu is NaN");
        refused(PreviewSpec.builder().memoryMib(1), "memoryMib is 1; allowed: 256 to 262144.");
        refused(PreviewSpec.builder().storageGib(0), "storageGib is 0");
        refused(PreviewSpec.builder().port("Web", PortSpec.http(1)), "'Web'");
        refused(PreviewSpec.builder().port("a--b", PortSpec.http(1)), "'a--b'");
        refused(PreviewSpec.builder().port("a", PortSpec.http(1)).port("b", PortSpec.http(1)), "each port number once");
        refused(PreviewSpec.builder().healthPath("health"), "healthPath is 'health'");
        refused(PreviewSpec.builder().versionPath("/a b"), "versionPath is '/a b'");
        refused(PreviewSpec.builder().env("1X", "y"), "'1X'");
        assertThatThrownBy(() -> PortSpec.http(70000)).hasMessageContaining("port is 70000");
        assertThatThrownBy(
                        () -> PreviewSpec.builder().port("a", PortSpec.http(1)).port("a", PortSpec.http(2)))
                .hasMessageContaining("'a' twice");
        assertThatThrownBy(() -> new TimeLimits(null, null, null, Duration.ZERO, null, null))
                .hasMessageContaining("time limit deploy");
        assertThatThrownBy(() -> new Teardown("x", Duration.ofSeconds(-1), true))
                .hasMessageContaining("grace");
    }

    @Test
    void requestsAndSourcesRefuseWhatCantWorkAndHideSecrets() {
        PreviewSpec spec = PreviewSpec.builder().env("A", "private").build();
        assertThat(spec.toString()).doesNotContain("private");
        assertThat(SecretEnv.of(Map.of("K", "v3ry")).toString()).isEqualTo("SecretEnv[K]");
        ChangeContext change = new ChangeContext("1", null, null, null, null, null, false);
        assertThat(change.shortCommit()).isEqualTo("-");
        PreviewKey key = PreviewKey.of("a/b", "1");
        assertThat(new PreviewRequest(key, spec, change, null, null, 1, null).label())
                .isEqualTo(key.id());
        for (String label : new String[] {"A", "a--b", "-a", "a.b", "x".repeat(45)}) {
            assertThatThrownBy(() -> new PreviewRequest(key, spec, change, null, null, 1, label))
                    .hasMessageContaining("label is");
        }
        String hash = "0".repeat(40);
        assertThat(new Source.Git("https://h/r", null, hash, "t0ken").toString())
                .doesNotContain("t0ken");
        assertThatThrownBy(() -> new Source.Git("https://u:p@h/r", null, hash, null))
                .hasMessageContaining("no user");
        assertThatThrownBy(() -> new Source.Git("http://h/r", null, hash, "t0ken"))
                .hasMessageContaining("over https only")
                .hasMessageNotContaining("t0ken");
        assertThatThrownBy(() -> new Source.Git("http://localhost.example.net/r", null, hash, "t0ken"))
                .hasMessageContaining("over https only");
        assertThat(new Source.Git("http://h/r", null, hash, null).token()).isNull();
        assertThatThrownBy(() -> new Source.Git("--upload-pack=x", null, hash, null))
                .hasMessageContaining("'-'");
        assertThatThrownBy(() -> new Source.Git("https://h/r", null, "main", null))
                .hasMessageContaining("full hash");
        assertThatThrownBy(() -> new Source.Archive(() -> null, "12")).hasMessageContaining("64 hexadecimal");
    }

    private static void refused(PreviewSpec.Builder spec, String sentence) {
        assertThatThrownBy(spec::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
    }
}
