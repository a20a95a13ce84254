package io.jenkins.plugins.dedalus.router.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouterConfigReaderTest {
    private static final String HASH = "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";

    @TempDir
    Path dir;

    private RouterConfig read(String yaml) throws IOException {
        Path file = dir.resolve("router.yaml");
        Files.writeString(file, yaml);
        return RouterConfigReader.read(file, Map.of());
    }

    private List<String> problems(String yaml) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> read(yaml));
        assertThat(refused).as("the configuration must be refused").isNotNull();
        return refused.problems().stream()
                .map(problem -> problem.toString().replace(dir + "/", ""))
                .toList();
    }

    @Test
    void theShortestFileHasUsableDefaults() throws Exception {
        RouterConfig config = read("state: var\n");

        assertThat(config.state()).isEqualTo(dir.resolve("var"));
        assertThat(config.api().baseUrl()).isEqualTo(URI.create("https://dcs.dedaluslabs.ai"));
        assertThat(config.listen().address()).isEqualTo("127.0.0.1");
        assertThat(config.previewUrl().host("pr-1-x")).isEqualTo("pr-1-x.localhost");
        assertThat(config.access().mode()).isEqualTo(AccessMode.PUBLIC);
        assertThat(config.grace().closed()).isEqualTo(Duration.ofHours(24));
        assertThat(config.directory().source()).isEqualTo(RouterConfig.Source.LEDGER);
        assertThat(config.accessLog()).isFalse();
    }

    @Test
    void readsEveryBlock() throws Exception {
        Files.writeString(dir.resolve("cert.pem"), "x");
        Files.writeString(dir.resolve("key.pem"), "x");
        RouterConfig config = read("""
                api:
                  baseUrl: http://127.0.0.1:7070
                  apiKeyFile: key.txt
                  organisation: 5a3c
                  upstreamHosts: [.example.net, 127.0.0.1]
                state: /var/lib/router
                listen:
                  bind: 0.0.0.0
                  port: 8443
                  tls: {certificate: cert.pem, key: key.pem}
                previewUrl: https://pr-{number}.previews.example.net
                access:
                  mode: basic
                  user: review
                  passwordHash: %s
                trustedProxies: [10.0.0.0/8, "::1"]
                admin: {bind: 127.0.0.1, port: 9090}
                defaults: {vcpu: 0.5, memoryMib: 1024, storageGib: 10, autosleep: 15m, visibility: public}
                grace: {closed: 0, unconfirmed: 14d, reconcile: 30s}
                lifetime: {ttl: 14d, notice: 1d}
                limits: {waiters: 10, wakeDeadline: 30s, waitingPageAfter: 0s, unready: 3s, drain: 5s, upstreamConnections: 8, maxMachines: 3,
                         whenFull: wait, maxAwake: 2, response: 20m, idle: "0", keepAwake: 2h}
                accessLog: true
                """.formatted(HASH));

        assertThat(config.listen().tls()).isTrue();
        assertThat(config.api().apiKeyFile()).isEqualTo(dir.resolve("key.txt"));
        assertThat(config.api().upstreamHosts()).containsExactly(".example.net", "127.0.0.1");
        assertThat(config.access().passwordHash()).isEqualTo(HASH);
        assertThat(config.access().toString()).doesNotContain("$2a");
        assertThat(config.trustedProxies()).containsExactly("10.0.0.0/8", "::1");
        assertThat(config.defaults()).isEqualTo(new RouterConfig.Defaults(0.5, 1024, 10, "15m", "public"));
        assertThat(config.grace().closed()).isZero();
        assertThat(config.limits().machines()).isEqualTo(3);
        assertThat(config.limits().waitsForRoom()).isTrue();
        assertThat(config.limits().awake()).isEqualTo(2);
        assertThat(config.lifetime()).isEqualTo(new RouterConfig.Lifetime(Duration.ofDays(14), Duration.ofDays(1)));
        assertThat(config.limits().waiters()).isEqualTo(10);
        assertThat(config.limits().response()).hasMinutes(20);
        assertThat(config.limits().idle()).isZero();
        assertThat(config.limits().keepAwake()).hasHours(2);
        assertThat(config.limits().unready()).hasSeconds(3);
        assertThat(config.previewUrl().url(config.previewUrl().label("id", "7")))
                .isEqualTo(URI.create("https://pr-7.previews.example.net/"));
    }

    @Test
    void saysAllThatIsWrongAtOnceWithFileLineAndKey() {
        assertThat(problems("""
                state: var
                listn:
                  port: 80
                listen:
                  port: 99999
                limits:
                  drain: 30
                  waiters: many
                access:
                  mode: jenkin
                """))
                .containsExactly(
                        "router.yaml:2: listn: is not a known key. Did you mean listen?",
                        "router.yaml:5: listen.port: \"99999\" must be a whole number from 0 to 65535.",
                        "router.yaml:7: limits.drain: \"30\" must be a duration with its unit, such as 500ms, 30s, 15m, 24h or 7d.",
                        "router.yaml:8: limits.waiters: \"many\" must be a whole number from 1 to 100000.",
                        "router.yaml:10: access.mode: \"jenkin\" must be one of public, basic, jenkins. Did you mean jenkins?");
    }

    @Test
    void refusesSecretsInTheFile() {
        assertThat(problems("state: v\napi: {apiKey: dsk-1}\naccess: {mode: basic, user: u, password: p}\n"))
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem).contains("must not stand in this file"))
                .noneSatisfy(problem -> assertThat(problem).contains("dsk-1"));
    }

    @Test
    void aKeyGivenTwiceIsNoOverwrite() {
        assertThat(problems("state: a\nlisten: {port: 1}\nstate: b\n"))
                .containsExactly("router.yaml:3: state: is given twice, first on line 1. Keep one.");
    }

    @Test
    void brokenYamlNamesTheLine() {
        assertThat(problems("state: a\nlisten:\n  port: [1\n"))
                .singleElement()
                .asString()
                .startsWith("router.yaml:");
        assertThat(problems("- a\n- b\n")).singleElement().asString().contains("must be keys with values");
        assertThat(problems("")).singleElement().asString().contains("state: is missing");
    }

    @Test
    void aMissingFileSaysWhatToDo() {
        assertThatThrownBy(() -> RouterConfigReader.read(dir.resolve("none.yaml"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there is no such file");
    }

    @Test
    void protectedAccessWantsHttpsAndADomainApartFromJenkins() {
        assertThat(problems("""
                state: v
                previewUrl: http://{label}.previews.example.net
                access: {mode: basic, user: u, passwordHash: %s}
                """.formatted(HASH))).singleElement().asString().contains("previewUrl must be https");
        assertThat(problems("""
                state: v
                previewUrl: https://{label}.example.net
                access: {mode: jenkins, url: "https://ci.example.net/", tokenFile: t}
                """)).singleElement().asString().contains("a preview could act on Jenkins");
        assertThat(problems("state: v\npreviewUrl: https://{label}.p.example.net\naccess: {mode: jenkins}\n"))
                .singleElement()
                .asString()
                .contains("access.url: is missing");
    }

    @Test
    void accessThatCanNotWorkOverTheDedalusUrlIsRefused() {
        assertThat(problems("state: v\ndefaults: {visibility: org}\n"))
                .singleElement()
                .asString()
                .startsWith(
                        "router.yaml:2: defaults.visibility: Access public over a Dedalus URL of visibility org can't work");
        assertThat(problems("state: v\ndefaults: {visibility: everyone}\n"))
                .singleElement()
                .asString()
                .contains("must be one of public, org, private");
    }

    @Test
    void theExamplesAreFine() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        Path examples = (Files.isDirectory(here.resolve("examples")) ? here : here.getParent()).resolve("examples");

        RouterConfig config = RouterConfigReader.read(examples.resolve("router.yaml"), Map.of());
        assertThat(config.trustedProxies()).containsExactly("127.0.0.1", "::1");
        for (String example : new String[] {"guestbook", "node-postgres"}) {
            String preview = Files.readString(examples.resolve(example + "/preview.yaml"));
            assertThat(preview.lines()).as("a file that is read at one glance").hasSizeLessThan(20);
            PreviewSpec spec =
                    SpecReader.read("preview.yaml", preview, config.defaults()).spec();
            assertThat(spec.start()).isNotBlank();
            assertThat(spec.packages()).contains("postgresql");
            assertThat(spec.services()).containsOnlyKeys("postgres");
        }
    }

    @Test
    void theJenkinsDirectoryLendsItsAddressToTheAccess() throws Exception {
        RouterConfig config = read("""
                state: v
                previewUrl: https://{label}.previews.example.org
                directory: {source: jenkins, url: "https://ci.example.net/", tokenFile: t}
                access: {mode: jenkins}
                """);

        RouterConfig.Owner owner = config.directory().owners().get(0);
        assertThat(owner.url()).isEqualTo(URI.create("https://ci.example.net/"));
        assertThat(owner.tokenFile()).isEqualTo(dir.resolve("t"));
        assertThat(config.access().jenkins())
                .as("each owner is asked about its own")
                .isNull();
    }

    @Test
    void severalOwnersAreRead() throws Exception {
        RouterConfig config = read("""
                state: v
                previewUrl: https://{label}.previews.example.org
                directory:
                  owners:
                    - {jenkins: "https://ci.example.net/", tokenFile: a}
                    - {router: "https://previews-owner.example.net/", tokenFile: b, domains: [b.example.org]}
                admin: {routesTokenFile: c}
                access: {keyFile: shared.key}
                """);

        assertThat(config.directory().source()).isEqualTo(RouterConfig.Source.OWNERS);
        assertThat(config.directory().owners())
                .extracting(RouterConfig.Owner::kind)
                .containsExactly(RouterConfig.OwnerKind.JENKINS, RouterConfig.OwnerKind.ROUTER);
        assertThat(config.directory().owners())
                .extracting(RouterConfig.Owner::domains)
                .containsExactly(List.of(), List.of("b.example.org"));
        assertThat(config.directory().owners().get(1).tokenFile()).isEqualTo(dir.resolve("b"));
        assertThat(config.admin().routesTokenFile()).isEqualTo(dir.resolve("c"));
        assertThat(config.access().keyFile()).isEqualTo(dir.resolve("shared.key"));
    }

    @Test
    void ownersThatCanNotBeMeantAreNamed() {
        assertThat(problems("""
                        state: v
                        directory:
                          source: owners
                          owners:
                            - {tokenFile: a}
                            - {jenkins: "https://ci.example.net/"}
                            - {router: "https://r.example.net/", tokenFile: b}
                            - {router: "https://r.example.net/", tokenFile: c}
                            - {router: "https://s.example.net/", tokenFile: d, domains: ["*.example.org", a.example.org, org]}
                            - {router: "https://t.example.net/", tokenFile: e, domains: [b.a.example.org]}
                        """))
                .anySatisfy(p -> assertThat(p).contains("directory.owners[0]", "names either a Jenkins"))
                .anySatisfy(p -> assertThat(p).contains("directory.owners[1].tokenFile", "is missing"))
                .anySatisfy(p -> assertThat(p).contains("directory.owners[3].router", "stands in the list already"))
                .anySatisfy(p ->
                        assertThat(p).contains("directory.owners[4].domains", "*.example.org", "without a leading"))
                .anySatisfy(p -> assertThat(p).contains("directory.owners[4].domains", "\"org\""))
                .anySatisfy(p ->
                        assertThat(p).contains("directory.owners[5].domains", "b.a.example.org", "hosts in common"));
        assertThat(problems("state: v\ndirectory: {source: owners}\n"))
                .anySatisfy(p -> assertThat(p).contains("directory.owners", "is missing"));
        assertThat(problems("state: v\ndirectory: {source: router, url: \"https://r.example.net/\"}\n"))
                .anySatisfy(p -> assertThat(p).contains("directory.tokenFile", "routes token"));
        assertThat(problems("""
                        state: v
                        previewUrl: https://{label}.previews.example.org
                        directory: {source: router, url: "https://r.example.net/", tokenFile: t}
                        access: {mode: jenkins}
                        """)).anySatisfy(p -> assertThat(p).contains("access.url", "is missing"));
        assertThat(problems("""
                        state: v
                        previewUrl: https://{label}.example.net
                        directory: {source: jenkins, url: "https://ci.example.net/", tokenFile: t}
                        access: {mode: jenkins}
                        """)).anySatisfy(p -> assertThat(p).contains("lives under the previews' own domain"));
    }

    @Test
    void valuesOfTheWrongShapeAreNamed() {
        assertThat(problems("state: [a]\nlisten: 8080\ndefaults: {vcpu: fast, autosleep: soon}\n"))
                .anySatisfy(p -> assertThat(p).contains("router.yaml:1: state: must be a single value, not a list"))
                .anySatisfy(p -> assertThat(p).contains("router.yaml:2: listen: must be a block of keys"))
                .anySatisfy(p -> assertThat(p).contains("defaults.vcpu"))
                .anySatisfy(p -> assertThat(p).contains("defaults.autosleep"));
    }
}
