package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_B;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.command.ExecRequest;
import io.jenkins.plugins.dedalus.preview.command.LogRequest;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.error.ScriptFailedException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.model.Service;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service of the preview's own, with real processes, through all that may happen to its machine. */
class ServicesTest {
    private static final String SECRET = "s3cr3t-of-the-service";

    @TempDir
    Path directory;

    private Bench bench;
    private int port;

    @BeforeEach
    void start() throws Exception {
        Path program = directory.resolve("packages/greeter/root/usr/local/bin/greet");
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\necho hello\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        bench = new Bench(directory, EmulatorConfig.builder().packages(directory.resolve("packages")));
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private PreviewSpec.Builder spec() {
        return Bench.spec()
                .setup(": </dev/tcp/127.0.0.1/" + port + " && echo the service answers")
                .deploy("echo $GIT_COMMIT >>deploys; printf %s \"$GIT_COMMIT\" >version");
    }

    private PreviewSpec withService() {
        return spec().packages(List.of("greeter"))
                .service(
                        "cache",
                        new Service.Command(
                                "greet || exit 9; echo \"$GREETING\" >>\"$DEDALUS_SERVICE_DATA/starts\"; PORT=" + port
                                        + " " + Bench.serve("cache"),
                                port))
                .build();
    }

    private PreviewRecord ready(PreviewSpec spec, long order, String commit) {
        return bench.ready(Bench.request(spec, order, commit, null, SecretEnv.of(Map.of("GREETING", SECRET))));
    }

    @Test
    void aServiceRunsBeforeTheScriptsOutlivesDeploysAndComesBackAfterEverything() throws Exception {
        PreviewRecord first = ready(withService(), 1, COMMIT_A);
        assertThat(bench.output).contains("[dedalus] started the services cache", "the service answers");
        assertThat(bench.phases)
                .containsSubsequence(
                        "installing packages",
                        "starting services",
                        "running setup",
                        "running deploy",
                        "starting the app");
        Path home = bench.living().get(0).home();
        Path starts = home.resolve(".dedalus-services/cache/starts");
        assertThat(Files.getPosixFilePermissions(home.resolve(".dedalus-preview/services/run")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(home.resolve(".dedalus-preview/deploy")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));

        PreviewRecord second = ready(withService(), 2, COMMIT_B);
        assertThat(starts).as("a deploy leaves a service alone").hasContent(SECRET);

        bench.lifecycle.sleep(KEY).join();
        await().until(() -> bench.living().get(0).phase().equals("sleeping"));
        bench.emulator.faults().add(Fault.of(Fault.Kind.ROOT_RESET, 1));
        assertThat(bench.lifecycle.wake(KEY).get(60, TimeUnit.SECONDS).repaired())
                .isTrue();
        assertThat(Files.readAllLines(starts)).as("started anew").hasSize(2);
        assertThat(bench.get(second, "/version")).isEqualTo(COMMIT_B);
        String repair = log(new LogRequest(null, "repair", null, true));
        assertThat(repair).contains("[dedalus] started the services cache", "[dedalus] started the app again");
        if (bench.emulator.shared().startsWith("each has")) {
            assertThat(bench.output).contains("[dedalus] installed greeter");
            assertThat(repair).contains("[dedalus] installed greeter");
        }
        assertThat(log(new LogRequest("cache", null, 50, false))).contains("hello");

        exec("read -r keeper born <~/.dedalus-preview/services/cache/pid\n"
                + "kill -9 $keeper $(ps -axo pid=,ppid= | awk -v k=$keeper '$2 == k { print $1 }')");
        assertThat(exec(": </dev/tcp/127.0.0.1/" + port + " && echo answers")).contains("answers");
        assertThat(Files.readAllLines(starts)).as("for a command, too").hasSize(3);

        PreviewRecord reset = Bench.await(bench.lifecycle.reset(KEY, bench.listener));
        assertThat(reset.state()).isEqualTo(PreviewState.READY);
        assertThat(reset.url()).isEqualTo(first.url());
        assertThat(Files.readAllLines(starts)).as("its data is new").hasSize(1);
        assertThat(home.resolve("deploys")).hasContent(COMMIT_A + "\n" + COMMIT_B + "\n" + COMMIT_B);
        assertThat(bench.get(reset, "/version")).isEqualTo(COMMIT_B);
        assertThat(bench.get(reset, "/env")).isEqualTo(SECRET);

        ready(spec().build(), 3, COMMIT_A);
        assertThat(exec(": </dev/tcp/127.0.0.1/" + port + " || echo gone")).contains("gone");
        assertThat(home.resolve(".dedalus-preview/services/run")).doesNotExist();
        assertThatThrownBy(() -> Bench.await(bench.lifecycle.reset(KEY, bench.listener)))
                .isInstanceOf(ScriptFailedException.class);
        assertThat(bench.output)
                .contains("[dedalus] this preview has no services, so there is no data of theirs to reset");
    }

    @Test
    void aResetWaitsForNobodyAndHasToHaveAPreview() {
        assertThatThrownBy(() -> bench.lifecycle.reset(KEY, bench.listener))
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining("there is none");
        PreviewSpec slow =
                Bench.spec().setup("while [ ! -e ~/go ]; do sleep 0.1; done").build();
        var build = bench.ensure(Bench.request(slow, 1, COMMIT_A));
        await().until(() -> bench.phases.contains("running setup"));
        assertThatThrownBy(() -> Bench.await(bench.lifecycle.reset(KEY, bench.listener)))
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining("can't be reset now");
        bench.letGo();
        Bench.await(build);
    }

    private String exec(String script) throws Exception {
        StringBuffer out = new StringBuffer();
        ExecRequest request = new ExecRequest(
                UUID.randomUUID().toString(), script, null, null, null, null, Duration.ofMinutes(2), null);
        bench.lifecycle
                .exec(KEY, request, (text, stderr, after) -> out.append(text))
                .result()
                .get(60, TimeUnit.SECONDS);
        return out.toString();
    }

    private String log(LogRequest request) throws Exception {
        StringBuffer out = new StringBuffer();
        bench.lifecycle
                .logs(KEY, request, (text, stderr, after) -> out.append(text))
                .result()
                .get(60, TimeUnit.SECONDS);
        return out.toString();
    }
}
