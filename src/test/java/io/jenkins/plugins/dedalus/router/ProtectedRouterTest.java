package io.jenkins.plugins.dedalus.router;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.router.config.RouterConfigReader;
import io.jenkins.plugins.dedalus.router.serve.RouterProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import okhttp3.Credentials;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A router whose previews ask for a password: what share links and bypass tokens do, from the command line on. */
class ProtectedRouterTest {
    @TempDir
    Path dir;

    private final OkHttpClient http = new OkHttpClient.Builder()
            .dns(name -> List.of(InetAddress.getLoopbackAddress()))
            .followRedirects(false)
            .build();
    private RouterProcess router;

    @BeforeEach
    void start() throws Exception {
        try (PreviewLedger ledger = PreviewLedger.open(dir.resolve("state/ledger"))) {
            PreviewKey key = PreviewKey.of("github.com/acme/shop", "7");
            ledger.put(new PreviewRecordBuilder(key)
                    .label("pr-7")
                    .createdAt(Instant.now())
                    .build());
        }
        Files.writeString(dir.resolve("key"), "k");
        Path config = dir.resolve("router.yaml");
        Files.writeString(config, """
                api: {baseUrl: "http://127.0.0.1:9", apiKeyFile: key}
                state: state
                listen: {port: 0}
                previewUrl: http://pr-{number}.localhost
                access: {mode: basic, user: review, passwordHash: %s}
                """.formatted(BCrypt.withDefaults().hashToString(4, "sesame".toCharArray())));
        router = RouterProcess.start(RouterConfigReader.read(config, Map.of()), Map.of());
    }

    @AfterEach
    void stop() {
        router.close();
    }

    private String run(String... args) {
        StringWriter out = new StringWriter();
        CommandLine line = RouterMain.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(out, true));
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--state";
        all[args.length + 1] = dir.resolve("state").toString();
        line.execute(all);
        return out.toString();
    }

    private Response get(String path, String... headers) throws Exception {
        Request.Builder request = new Request.Builder().url("http://pr-7.localhost:" + router.port() + path);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.newCall(request.build()).execute();
    }

    private int status(String path, String... headers) throws Exception {
        try (Response response = get(path, headers)) {
            return response.code();
        }
    }

    @Test
    void thePasswordOpensIt() throws Exception {
        try (Response closed = get("/")) {
            assertThat(closed.code()).isEqualTo(401);
            assertThat(closed.header("X-Robots-Tag")).contains("noindex");
            assertThat(closed.header("Cache-Control")).isEqualTo("no-store");
        }
        assertThat(status("/", "Authorization", Credentials.basic("review", "wrong")))
                .isEqualTo(401);
        // It is still being provisioned, which only those who are let in get to know.
        assertThat(status("/", "Authorization", Credentials.basic("review", "sesame")))
                .isEqualTo(503);
    }

    @Test
    void aShareLinkOpensItUntilItIsWithdrawn() throws Exception {
        String printed = run("share", "7", "--expires", "1h");
        String path = printed.lines().findFirst().orElseThrow().replace("http://pr-7.localhost", "");
        assertThat(path).startsWith("/.dedalus/share/");

        String cookie;
        try (Response opened = get(path)) {
            assertThat(opened.code()).isEqualTo(302);
            cookie = opened.header("Set-Cookie").replaceAll(";.*", "");
        }
        String[] page = {"Cookie", cookie, "Accept", "text/html"};
        assertThat(status("/", page)).isEqualTo(503);
        assertThat(run("share", "7", "--withdraw")).contains("Withdrawn: all.");
        assertThat(status("/", page)).isEqualTo(401);
        assertThat(run("share", "7", "--expires", "31d")).contains("1s to 30d");
        assertThat(run("share", "7", "--port", "nope")).contains("exposes no port \"nope\"");
        assertThat(run("share", "99")).contains("There's no preview \"99\"");
    }

    @Test
    void theBypassTokenLetsTestsIn() throws Exception {
        String token = run("bypass", "7").trim();

        assertThat(status("/", "X-Dedalus-Bypass", token)).isEqualTo(503);
        assertThat(status("/", "X-Dedalus-Bypass", token + "x")).isEqualTo(403);
    }

    @Test
    void theDedalusUrlIsNotListed() {
        assertThat(run("list", "--json")).doesNotContain("dedalusUrls");
    }
}
