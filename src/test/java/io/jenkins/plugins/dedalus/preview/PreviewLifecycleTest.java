package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.PreviewUrl;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlStatus;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.command.ExecRequest;
import io.jenkins.plugins.dedalus.preview.error.PreviewCancelledException;
import io.jenkins.plugins.dedalus.preview.error.ScriptFailedException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.PortSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreviewLifecycleTest {
    @TempDir
    Path directory;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void aChangeRequestGetsItsPreviewUpdatesItInPlaceAndGoesAway() throws Exception {
        PreviewSpec spec = Bench.spec().setup("echo once >> setups").build();
        PreviewRecord first = bench.ready(Bench.request(spec, 1, COMMIT_A));
        assertThat(first.state()).isEqualTo(PreviewState.READY);
        assertThat(first.commit()).isEqualTo(COMMIT_A);
        assertThat(bench.get(first, "/version")).isEqualTo(COMMIT_A);
        assertThat(bench.output).contains("deploying " + COMMIT_A + " for 12 at " + first.url());
        assertThat(bench.phases)
                .contains("creating the machine", "running setup", "running deploy", "ready")
                .doesNotContain("stopping the previous build's script", "adjusting the machine");
        bench.phases.clear();

        PreviewRecord second = bench.ready(Bench.request(spec, 2, COMMIT_B));
        assertThat(second.machineId()).isEqualTo(first.machineId());
        assertThat(second.url()).isEqualTo(first.url());
        assertThat(bench.phases).as("setup ran on this machine").doesNotContain("running setup");
        assertThat(bench.get(second, "/version")).isEqualTo(COMMIT_B);
        assertThat(bench.creates()).isEqualTo(1);
        Path home = bench.living().get(0).home();
        assertThat(home.resolve("setups")).hasContent("once");
        assertThat(Files.getPosixFilePermissions(home.resolve(".dedalus-preview/start")))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

        PreviewRecord again = bench.ready(Bench.request(spec, 2, COMMIT_B));
        assertThat(again).isEqualTo(second);

        TimeLimits.Answers patient = new TimeLimits.Answers(Duration.ofMinutes(20), null);
        TimeLimits usual = spec.limits();
        TimeLimits limits = new TimeLimits(
                usual.machine(), usual.source(), usual.setup(), usual.deploy(), usual.start(), usual.expose(), patient);
        PreviewSpec longer = Bench.spec()
                .setup(spec.setup())
                .deploy(spec.deploy())
                .start(spec.start())
                .versionPath(spec.versionPath())
                .limits(limits)
                .build();
        assertThat(second.answers()).isNull();
        assertThat(bench.ready(Bench.request(longer, 3, COMMIT_B)).answers())
                .as("another spec, though of the same commit")
                .isEqualTo(patient);

        bench.down();
        assertThat(bench.lifecycle.list()).isEmpty();
        assertThat(bench.living()).isEmpty();
        assertThat(bench.lifecycle.running(KEY)).isEmpty();
        bench.down();
    }

    @Test
    void secretsReachScriptsAndAppAndNothingElse() throws Exception {
        String secret = "s3cr3t-value-of-the-test";
        PreviewSpec spec = Bench.spec()
                .env("PLAIN", "it's \"quoted\" $HOME")
                .deploy("test \"$GREETING\" = " + secret
                        + " && test \"$PLAIN\" = \"it's \\\"quoted\\\" \\$HOME\" && printf %s $GIT_COMMIT > version")
                .build();
        PreviewRequest request = Bench.request(spec, 1, COMMIT_A, null, SecretEnv.of(Map.of("GREETING", secret)));
        PreviewRecord record = bench.ready(request);
        assertThat(bench.get(record, "/env")).isEqualTo(secret);
        assertThat(request.toString()).doesNotContain(secret);
        try (var files = Files.walk(bench.ledgerDirectory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).doesNotContain(secret);
            }
        }
        assertThat(String.join("\n", bench.lines)).doesNotContain(secret);
    }

    @Test
    void anAppMayCallItsVariablesAsItLikes() throws Exception {
        PreviewSpec spec = Bench.spec()
                .env("DP_MODE", "data protection")
                .start("export GREETING=\"$DP_MODE\"; " + Bench.serve("\"$(cat version)\""))
                .build();
        PreviewRecord record = bench.ready(Bench.request(spec, 1, COMMIT_A));
        assertThat(bench.get(record, "/env")).isEqualTo("data protection");
        assertThatThrownBy(() -> Bench.spec().env("DEDALUS_PRIVATE_MODE", "x").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("choose another name");
    }

    @Test
    void aFailingScriptIsItsOwnFaultAndTheMachineIsKept() {
        PreviewSpec broken =
                Bench.spec().deploy("echo before; exit 7; echo after").build();
        assertThatThrownBy(() -> bench.ready(Bench.request(broken, 1, COMMIT_A)))
                .isInstanceOfSatisfying(ScriptFailedException.class, e -> {
                    assertThat(e.exitCode()).isEqualTo(7);
                    assertThat(e.step()).isEqualTo("deploy");
                })
                .hasMessageContaining("exit code 7");
        assertThat(bench.output).contains("before").doesNotContain("after");
        PreviewRecord failed = bench.lifecycle.status(KEY).orElseThrow();
        assertThat(failed.state()).isEqualTo(PreviewState.FAILED);
        assertThat(failed.problem()).contains("exit code 7");
        PreviewRecord record = bench.ready(Bench.request(Bench.spec().build(), 1, COMMIT_A));
        assertThat(record.machineId()).isEqualTo(failed.machineId());
        assertThat(record.problem()).isNull();
    }

    @Test
    void aStartThatEndsOrLeavesTheOldServerAnsweringFails() {
        bench.ready(Bench.request(Bench.spec().build(), 1, COMMIT_A));
        assertThatThrownBy(() -> bench.ready(Bench.request(
                        Bench.spec().start("echo not today; exit 3").build(), 2, COMMIT_B)))
                .isInstanceOf(ScriptFailedException.class)
                .hasMessageContaining("exit code 70");
        assertThat(bench.output).contains("not today");

        // An escaped server that carries no mark of ours answers with the old version.
        PreviewSpec escaping = Bench.spec()
                .versionPath(null)
                .deploy("env -u DEDALUS_PREVIEW_APP PORT=3000 setsid bash -c "
                        + quote(Bench.serve("old")) + " >/dev/null 2>&1 </dev/null &\n"
                        + "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do "
                        + "(exec 3<>/dev/tcp/127.0.0.1/3000) 2>/dev/null && break; sleep 0.2; done")
                .start("sleep 1000")
                .build();
        assertThatThrownBy(() -> bench.ready(Bench.request(escaping, 3, COMMIT_B)))
                .isInstanceOf(ScriptFailedException.class)
                .hasMessageContaining("exit code 72");
    }

    @Test
    void severalPortsGetUrlsOfTheirOwn() throws Exception {
        PreviewSpec spec = Bench.spec()
                .port("web", PortSpec.http(3000))
                .port("admin-ui", PortSpec.http(4000))
                .deploy("printf %s \"$PREVIEW_URL_WEB $PREVIEW_URL_ADMIN_UI\" > urls; printf %s $GIT_COMMIT > version")
                .build();
        PreviewRecord record = bench.ready(Bench.request(spec, 1, COMMIT_A));
        assertThat(record.ports().keySet()).containsExactly("web", "admin-ui");
        ExposedPort admin = record.ports().get("admin-ui");
        assertThat(admin.label()).isEqualTo(KEY.id() + "--admin-ui");
        assertThat(record.url()).isNotEqualTo(admin.url());
        assertThat(bench.living().get(0).home().resolve("urls")).hasContent(record.url() + " " + admin.url());

        PreviewRecord fewer = bench.ready(Bench.request(Bench.spec().build(), 2, COMMIT_B));
        assertThat(fewer.ports().keySet()).containsExactly("web");
        assertThat(fewer.url()).isEqualTo(record.url());
        assertThat(bench.client
                        .previews()
                        .list(record.machineId(), io.jenkins.plugins.dedalus.client.call.RequestOptions.none()))
                .filteredOn(preview -> "ready".equals(preview.status().value()))
                .hasSize(1);
    }

    @Test
    void aRequestCancelledAndAskedAgainBeginsAnewAndTheAppsOwnPortVariableIsKept() throws Exception {
        PreviewSpec spec = Bench.spec()
                .env("PORT", "3100")
                .start("echo \"port $PORT\" > port; export PORT=3000; " + Bench.serve("\"$(cat version)\""))
                .build();
        PreviewRequest request = Bench.request(spec, 1, COMMIT_A);
        PreviewOperation first = bench.ensure(request);
        first.cancel("changed their mind");
        PreviewOperation second = bench.ensure(request);
        assertThat(second).isNotSameAs(first);
        PreviewRecord record = Bench.await(second);
        assertThatThrownBy(() -> Bench.await(first)).isInstanceOf(PreviewCancelledException.class);
        assertThat(bench.get(record, "/version")).isEqualTo(COMMIT_A);
        assertThat(bench.living().get(0).home().resolve("port")).hasContent("port 3100");
        assertThat(bench.creates()).isEqualTo(1);
    }

    @Test
    void aServerThatEscapedItsSessionIsStoppedAndAWrongVersionIsNoSuccess() throws Exception {
        PreviewSpec escaping = Bench.spec()
                .start("setsid bash -c " + quote(Bench.serve("\"$(cat version)\"")) + " & exec sleep 1000")
                .build();
        PreviewRecord first = bench.ready(Bench.request(escaping, 1, COMMIT_A));
        assertThat(bench.get(first, "/version")).isEqualTo(COMMIT_A);
        PreviewRecord second = bench.ready(Bench.request(escaping, 2, COMMIT_B));
        assertThat(bench.get(second, "/version")).isEqualTo(COMMIT_B);
        assertThat(bench.output).contains("stopping the previous start");

        TimeLimits hurried = new TimeLimits(null, null, null, null, Duration.ofSeconds(10), null);
        assertThatThrownBy(() -> bench.ready(Bench.request(
                        Bench.spec().start(Bench.serve("stale")).limits(hurried).build(), 3, COMMIT_A)))
                .isInstanceOf(ScriptFailedException.class)
                .hasMessageContaining("exit code 73");
        assertThat(bench.output).anyMatch(line -> line.contains("does not contain commit " + COMMIT_A));
    }

    @Test
    void anAppThatObeysTermMayTidyUpAndOneThatIgnoresItIsKilledWithItsChildren() throws Exception {
        String serve = Bench.serve("\"$(cat version)\"");
        bench.ready(Bench.request(
                Bench.spec()
                        .start("(" + serve + ") & trap 'kill $!; echo tidy >~/tidied; exit' TERM; wait")
                        .build(),
                1,
                COMMIT_A));
        bench.ready(Bench.request(
                Bench.spec()
                        .start("trap '' TERM; sleep 1000 & echo $! >~/child; " + serve)
                        .build(),
                2,
                COMMIT_B));
        Path home = bench.living().get(0).home();
        assertThat(home.resolve("tidied")).hasContent("tidy");
        String session =
                Files.readString(home.resolve(".dedalus-preview/app.pid")).split(" ")[0];
        String child = Files.readString(home.resolve("child")).trim();
        assertThat(living(session, child)).isEqualTo("session child");

        // The ten seconds that the stubborn one is given are not taken from the new one's time to start.
        TimeLimits hurried = new TimeLimits(null, null, null, null, Duration.ofMillis(9_900), null);
        PreviewRecord third =
                bench.ready(Bench.request(Bench.spec().limits(hurried).build(), 3, COMMIT_A));
        assertThat(bench.get(third, "/version")).isEqualTo(COMMIT_A);
        assertThat(living(session, child)).isEmpty();
    }

    /** Which of these the machine still has: a process in the group of the session's leader, the process itself. */
    private String living(String session, String child) throws Exception {
        StringBuffer out = new StringBuffer();
        String script = "kill -0 -- -" + session + " 2>/dev/null && echo session; kill -0 " + child
                + " 2>/dev/null && echo child; exit 0";
        bench.lifecycle
                .exec(
                        KEY,
                        ExecRequest.script("look-" + System.nanoTime(), script),
                        (text, stderr, after) -> out.append(text))
                .result()
                .get(60, TimeUnit.SECONDS);
        return out.toString().trim().replace('\n', ' ');
    }

    private static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    @Test
    void aPortWhoseProtocolOrVisibilityChangesIsExposedAnew() {
        PreviewRecord first = bench.ready(Bench.request(web(Protocol.HTTP, Visibility.PRIVATE), 1, COMMIT_A));
        PreviewRecord second = bench.ready(Bench.request(web(Protocol.HTTPS, Visibility.PRIVATE), 2, COMMIT_B));
        assertThat(exposed(second)).singleElement().satisfies(preview -> assertThat(preview.protocol())
                .isEqualTo(Protocol.HTTPS));
        assertThat(second.mainPort().previewId()).isNotEqualTo(first.mainPort().previewId());
        assertThat(second.mainPort().protocol()).isEqualTo(Protocol.HTTPS);
        assertThat(bench.lines).anyMatch(line -> line.contains("changes its protocol from http to https"));

        PreviewRecord third = bench.ready(Bench.request(web(Protocol.HTTPS, Visibility.ORG), 3, COMMIT_A));
        assertThat(exposed(third)).singleElement().satisfies(preview -> assertThat(preview.visibility())
                .isEqualTo(Visibility.ORG));
        PreviewRecord fourth = bench.ready(Bench.request(web(Protocol.HTTPS, Visibility.ORG), 4, COMMIT_B));
        assertThat(fourth.mainPort()).isEqualTo(third.mainPort());
    }

    private static PreviewSpec web(Protocol protocol, Visibility visibility) {
        return PreviewSpec.builder()
                .port("web", new PortSpec(3000, protocol, visibility))
                .build();
    }

    private List<PreviewUrl> exposed(PreviewRecord record) {
        return bench.client.previews().list(record.machineId(), RequestOptions.none()).stream()
                .filter(preview -> PreviewUrlStatus.READY.equals(preview.status()))
                .toList();
    }
}
