package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.preview.error.ScriptFailedException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The port is asked as Dedalus will ask it: what it speaks, and under which host. */
class StartProbeTest {
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "403 | Blocked request. This host (\"HOST\") is not allowed. | server.allowedHosts",
                "403 | Invalid Host header | devServer.allowedHosts",
                "403 | Invalid host | core.allowedHosts",
                "403 | <h1>Blocked hosts: HOST:3000</h1> | config.hosts",
                "400 | <title>DisallowedHost at /</title>Invalid HTTP_HOST header: 'HOST' | ALLOWED_HOSTS",
            })
    void aFrameworkThatRefusesTheHostIsNamedAtOnceWithWhatToSet(int status, String page, String setting) {
        assertThatThrownBy(() -> bench.ready(Bench.request(picky(status + " " + quote(page)), 1, COMMIT_A)))
                .isInstanceOf(ScriptFailedException.class)
                .hasMessageContaining("exit code 74");
        assertThat(bench.output)
                .contains("port 3000 answers, but the app refuses the host 127.0.0.1, under which Dedalus reaches it")
                .anyMatch(line -> line.contains(setting) && line.contains("['127.0.0.1']")
                        || line.contains("config.hosts << '127.0.0.1'"));
    }

    @Test
    void theHostIsTheOneThatDedalusAsksFor() {
        PreviewRecord record =
                bench.ready(Bench.request(picky("403 " + quote("Invalid Host header") + " 127.0.0.1"), 1, COMMIT_A));
        assertThat(record.state()).isEqualTo(PreviewState.READY);
    }

    @Test
    void aRefusalOfAnotherKindIsTheAppsOwnAffair() {
        PreviewRecord record = bench.ready(Bench.request(picky("403 " + quote("Sign in first")), 1, COMMIT_A));
        assertThat(record.state()).isEqualTo(PreviewState.READY);
    }

    /** The cookbook's value: it means the preview's own address. */
    @Test
    void protocolHttpsDoesNotAskThePlainPortForTls() {
        PreviewSpec spec = Bench.spec().protocol(Protocol.HTTPS).build();
        PreviewRecord record = bench.ready(Bench.request(spec, 1, COMMIT_A));
        assertThat(record.mainPort().protocol()).isEqualTo(Protocol.HTTPS);
        assertThat(record.url()).startsWith("http://");
    }

    @Test
    void aPortThatSpeaksTlsIsFoundOutAndAMismatchNamedAtOnce() {
        assumeThat(Path.of("/usr/bin/curl"))
                .satisfies(curl -> assertThat(Files.isExecutable(curl)).isTrue());
        assertThatThrownBy(() -> bench.ready(Bench.request(tls(Protocol.HTTP), 1, COMMIT_A)))
                .isInstanceOf(ScriptFailedException.class)
                .hasMessageContaining("exit code 76");
        assertThat(bench.output).anyMatch(line -> line.startsWith("port 3000 speaks HTTPS, but its protocol is http"));
        PreviewRecord record = bench.ready(Bench.request(tls(Protocol.HTTPS), 2, COMMIT_A));
        assertThat(record.state()).isEqualTo(PreviewState.READY);
    }

    /** As dev servers do that stop with the terminal they were started in. */
    @Test
    void anAppThatEndsWithItsInputGoesOn() {
        String start = "{ cat >/dev/null; echo 'stdin was closed'; kill $$; } <&0 &\n" + Bench.serve("1");
        PreviewRecord record = bench.ready(
                Bench.request(Bench.spec().start(start).versionPath(null).build(), 1, COMMIT_A));
        assertThat(record.state()).isEqualTo(PreviewState.READY);
    }

    /** Longer than the first question waits; a dev server compiles a page when it is asked for. */
    @Test
    void anAppThatIsSlowToAnswerIsReadyAllTheSame() {
        PreviewRecord record = bench.ready(Bench.request(picky("200 slow 6000"), 1, COMMIT_A));
        assertThat(record.state()).isEqualTo(PreviewState.READY);
    }

    private static PreviewSpec picky(String arguments) {
        return Bench.spec()
                .versionPath(null)
                .start(Bench.serve(arguments).replace(TinyApp.class.getName(), PickyApp.class.getName()))
                .build();
    }

    private static PreviewSpec tls(Protocol protocol) {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        return Bench.spec()
                .versionPath(null)
                .protocol(protocol)
                .visibility(io.jenkins.plugins.dedalus.client.model.Visibility.PRIVATE)
                .start("rm -f key.p12; " + quote(keytool) + " -genkeypair -alias a -keyalg EC -dname CN=localhost"
                        + " -keystore key.p12 -storepass changeit -storetype PKCS12 2>&1\n"
                        + Bench.serve("key.p12").replace(TinyApp.class.getName(), PickyApp.class.getName()))
                .build();
    }

    private static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
