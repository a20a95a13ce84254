package io.jenkins.plugins.dedalus.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.router.config.RouterConfigReader;
import io.jenkins.plugins.dedalus.router.serve.RouterProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The router as its users meet it: the command line, the admin port, and a browser's request through the proxy. */
class RouterEndToEndTest {
    private static final String SPEC = """
            vcpu: 0.5
            memoryMib: 512
            storageGib: 5
            port: 3000
            setup: |
              cat > App.java <<'JAVA'
              import com.sun.net.httpserver.HttpServer;
              public class App {
                public static void main(String[] args) throws Exception {
                  HttpServer server = HttpServer.create(
                      new java.net.InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);
                  int[] hits = new int[1];
                  server.createContext("/", exchange -> {
                    boolean page = exchange.getRequestURI().getPath().equals("/");
                    byte[] body = ("hit " + (page ? ++hits[0] : 0) + " of " + System.getenv("GREETING")).getBytes();
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                  });
                  server.start();
                }
              }
              JAVA
              javac App.java
            start: PORT=${PORT:-3000} exec java -Xmx32m App
            env: {GREETING: hello}
            healthPath: /health
            """;

    @TempDir
    Path dir;

    /** Java does not know that every name under localhost is loopback; browsers do. */
    private final OkHttpClient http = new OkHttpClient.Builder()
            .dns(name -> List.of(InetAddress.getLoopbackAddress()))
            .build();

    private Emulator emulator;
    private Path config;
    private RouterProcess router;

    @BeforeEach
    void start() throws Exception {
        emulator = Emulator.start(
                EmulatorConfig.builder().holdWindow(Duration.ZERO).build());
        Files.writeString(dir.resolve("key"), emulator.apiKey());
        config = dir.resolve("router.yaml");
        Files.writeString(config, """
                api:
                  baseUrl: %s
                  apiKeyFile: key
                  upstreamHosts: [127.0.0.1, localhost]
                state: state
                listen: {port: 0}
                previewUrl: http://pr-{number}.localhost:8080
                grace: {closed: 24h}
                lifetime: {ttl: 14d}
                """.formatted(emulator.baseUrl()));
        Files.writeString(dir.resolve("preview.yaml"), SPEC);
        router = RouterProcess.start(RouterConfigReader.read(config, Map.of()), Map.of());
    }

    @AfterEach
    void stop() {
        if (router != null) {
            router.close();
        }
        if (emulator != null) {
            emulator.close();
        }
    }

    private record Ran(int exit, String out, String err) {}

    private Ran run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = RouterMain.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        String[] all = new String[args.length + 2];
        System.arraycopy(args, 0, all, 0, args.length);
        all[args.length] = "--state";
        all[args.length + 1] = dir.resolve("state").toString();
        int exit = line.execute(all);
        return new Ran(exit, out.toString(), err.toString());
    }

    private record Got(int status, String body, Headers headers) {}

    private Got get(String address) throws Exception {
        try (Response response =
                http.newCall(new Request.Builder().url(address).build()).execute()) {
            return new Got(response.code(), response.body().string(), response.headers());
        }
    }

    private JsonNode listed() throws Exception {
        Ran list = run("list", "--json");
        assertThat(list.exit()).as(list.err()).isZero();
        return new ObjectMapper().readTree(list.out());
    }

    @Test
    void aPullRequestComesSleepsWakesAndGoes() throws Exception {
        Ran up = run(
                "up", dir.resolve("preview.yaml").toString(), "--repository", "github.com/acme/shop", "--change", "7");
        assertThat(up.exit()).as(up.out() + up.err()).isZero();
        assertThat(up.out()).contains("pr-7-shop-", " is ready: http://pr-7.localhost:8080/");

        String viewer = "http://pr-7.localhost:" + router.port() + "/";
        assertThat(get(viewer).body()).isEqualTo("hit 1 of hello");
        assertThat(listed().path(0).path("machine").asText()).isEqualTo("running");

        assertThat(run("logs", "7", "--script", "setup", "-f").exit())
                .as("it has ended")
                .isZero();
        assertThat(run("logs", "7", "--script", "start").out()).contains("serving on port ");
        assertThat(run("logs", "7", "--script", "deploy").err()).contains("Dedalus keeps no output of a deploy script");
        assertThat(run("logs", "7", "--lines", "5").exit()).isZero();
        Ran none = run("logs", "7", "--service", "postgres");
        assertThat(none.exit()).isEqualTo(ExitCodes.FAILED);
        assertThat(none.out()).isEqualTo("[dedalus] there is no service postgres on this machine; there is: none\n");
        assertThat(run("logs", "7", "--lines", "0").err()).contains("lines is 0; allowed are 1 to 100000");

        Ran sleep = run("sleep", "7");
        assertThat(sleep.exit()).as(sleep.err()).isZero();
        assertThat(listed().path(0).path("machine").asText()).isEqualTo("sleeping");
        assertThat(get(viewer).body()).as("memory survives").isEqualTo("hit 2 of hello");

        run("sleep", "pr-7.localhost");
        Ran wake = run("wake", "github.com/acme/shop#7", "--json");
        assertThat(wake.exit()).as(wake.err()).isZero();
        assertThat(wake.out()).contains("\"note\":\"Awake after ");

        lifetime();

        Ran down = run("down", "7", "--reason", "merged");
        assertThat(down.exit()).as(down.err()).isZero();
        assertThat(down.out()).contains("machine and data are deleted at");
        Got closed = get(viewer);
        assertThat(closed.status()).isEqualTo(410);
        assertThat(closed.headers().get("Clear-Site-Data")).isNotNull();
        assertThat(closed.headers().get("X-Robots-Tag")).contains("noindex");

        assertThat(run("down", "7", "--now").out()).contains("is gone");
        assertThat(listed()).isEmpty();
        assertThat(get(viewer).status()).isEqualTo(410);
        Ran woken = run("wake", "7");
        assertThat(woken.exit()).isEqualTo(ExitCodes.FAILED);
        assertThat(woken.err()).contains("was taken down (taken down by hand).");
        assertThat(run("trust-key").out()).contains("The key is trusted");
        assertThat(run("adopt", "7").out()).contains("there is nothing to adopt");
        assertThat(run("adopt", "7", "dm-1").err()).contains("has no unanswered create");
        assertThat(run("adopt", "7", "--none").exit()).isEqualTo(ExitCodes.FAILED);
        assertThat(run("adopt", "7", "dm-1", "--none").exit()).isEqualTo(ExitCodes.USAGE);

        router.close();
        try (Emulator another = Emulator.start(EmulatorConfig.defaults())) {
            Files.writeString(
                    config,
                    Files.readString(config)
                            .replace(
                                    emulator.baseUrl().toString(),
                                    another.baseUrl().toString()));
            router = RouterProcess.start(RouterConfigReader.read(config, Map.of()), Map.of());
            assertThat(get("http://pr-7.localhost:" + router.port() + "/").status())
                    .as("remembered over a restart")
                    .isEqualTo(410);
        }
    }

    private void lifetime() throws Exception {
        JsonNode lifetime = listed().path(0).path("lifetime");
        assertThat(lifetime.path("ttl").asText()).isEqualTo("2w");
        assertThat(lifetime.path("expiresSoon").asBoolean(true)).isFalse();
        Instant seen = Instant.parse(lifetime.path("seenAt").asText());
        assertThat(Instant.parse(lifetime.path("expiresAt").asText())).isEqualTo(seen.plus(Duration.ofDays(14)));
        assertThat(run("extend", "7", "7d").out()).contains("stays until ", " and longer if somebody looks or pushes.");
        assertThat(Instant.parse(
                        listed().path(0).path("lifetime").path("expiresAt").asText()))
                .isAfter(seen.plus(Duration.ofDays(20)));
        assertThat(run("pin", "7").out()).contains("is pinned: it stays until its change request is closed.");
        assertThat(run("list").out()).contains(" pinned ");
        assertThat(run("pin", "7", "--until", "2031-01-31").out())
                .contains("stays until 2031-02-01 00:00 UTC, for it is pinned,");
        assertThat(run("unpin", "7").out()).contains("stays until ").doesNotContain("pinned");
        assertThat(run("extend", "7", "soon").err()).contains("by: \"soon\" must be a duration such as 12h or 7d.");
        assertThat(run("pin", "7", "--for", "5s").err()).contains("allowed is a minute to 3650 days");
        assertThat(run("pin", "7", "--until", "May").err()).contains("must be a day or a time such as 2027-01-31");
        assertThat(run("pin", "7", "--until", "2020-01-31").err()).contains("for that is past");
        assertThat(run("pin", "7", "--until", "2031-01-31", "--for", "1d").exit())
                .isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void aLogIsFollowedUntilCtrlCAndAResetGivesServicesNewData() throws Exception {
        String app = ProcessHandle.current().info().command().orElseThrow() + " -Xmx32m -cp '"
                + Path.of(getClass()
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                + "' io.jenkins.plugins.dedalus.preview.TinyApp 1";
        try (ServerSocket free = new ServerSocket(0)) {
            Files.writeString(dir.resolve("notes.yaml"), """
                    port: 3000
                    services:
                      notes: {start: "PORT=%1$d exec %2$s", port: %1$d}
                    setup: echo a note >>~/.dedalus-services/notes/all
                    deploy: echo a note >>~/.dedalus-services/notes/all
                    start: |
                      echo "it serves"
                      export GREETING=$(grep -c note ~/.dedalus-services/notes/all) PORT=${PORT:-3000}
                      exec %2$s
                    """.formatted(free.getLocalPort(), app));
        }
        Ran up = run(
                "up", dir.resolve("notes.yaml").toString(), "--repository", "github.com/acme/shop", "--change", "7");
        assertThat(up.exit()).as(up.out() + up.err()).isZero();
        String viewer = "http://pr-7.localhost:" + router.port() + "/env";
        assertThat(get(viewer).body()).isEqualTo("2\n");

        Process following = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RouterMain.class.getName(),
                        "logs",
                        "7",
                        "-f",
                        "--state",
                        dir.resolve("state").toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = following.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("it serves");
            long cancelled = emulator.calls().count("DELETE", ".*/executions/.*");
            assertThat(new ProcessBuilder("kill", "-INT", Long.toString(following.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            assertThat(lines.readLine()).as("nothing is said about it").isNull();
            assertThat(following.waitFor()).as("as a shell expects it").isEqualTo(130);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> emulator.calls().count("DELETE", ".*/executions/.*") > cancelled);
        } finally {
            following.destroyForcibly();
        }

        Ran reset = run("reset", "7");
        assertThat(reset.exit()).as(reset.out() + reset.err()).isZero();
        assertThat(reset.out()).contains("has new data: http://pr-7.localhost:8080/");
        assertThat(run("logs", "7", "--script", "reset").out()).contains("[dedalus] deleted the data of the services");
        assertThat(get(viewer).body())
                .as("only the deploy's note, at the same address")
                .isEqualTo("1\n");
    }

    @Test
    void aFirstBuildThatFailsIsToldToViewersAndInTheList() throws Exception {
        Files.writeString(dir.resolve("broken.yaml"), "port: 3000\nstart: exit 3\n");
        Ran up = run(
                "up", dir.resolve("broken.yaml").toString(), "--repository", "github.com/acme/shop", "--change", "8");
        assertThat(up.exit()).isEqualTo(ExitCodes.FAILED);

        Got viewer = get("http://pr-8.localhost:" + router.port() + "/");
        assertThat(viewer.status()).isEqualTo(503);
        assertThat(viewer.body()).contains("\"error\":\"build_failed\"", "The last build failed: its start script");
        assertThat(get("http://pr-8.localhost:" + router.port() + "/.dedalus/status")
                        .body())
                .contains("\"state\":\"failed\"");
        assertThat(run("list").out()).contains("pr-8-shop-", " failed ");
    }

    @Test
    void aMachineWhoseRecordWasLostIsNamedAndSoIsWhatIsLeftOfTheRecord() throws Exception {
        Files.writeString(dir.resolve("broken.yaml"), "port: 3000\nstart: exit 3\n");
        String[] up = {
            "up", dir.resolve("broken.yaml").toString(), "--repository", "github.com/acme/shop", "--change", "8"
        };
        assertThat(run(up).exit()).isEqualTo(ExitCodes.FAILED);
        String machine = emulator.machines().get(0).id();
        router.close();
        try (var records = Files.newDirectoryStream(dir.resolve("state/ledger"), "pr-8-*.json")) {
            Files.writeString(records.iterator().next(), "");
        }
        List<String> logged = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger("io.jenkins.plugins.dedalus.preview.Orphans");
        log.addHandler(handler);
        try {
            Files.writeString(config, Files.readString(config).replace("closed: 24h", "closed: 24h, reconcile: 1s"));
            for (int start = 0; start < 2; start++) {
                logged.clear();
                router = RouterProcess.start(RouterConfigReader.read(config, Map.of()), Map.of());
                String metrics = router.adminUrl() + "/-/metrics";
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> get(metrics).body().contains("dedalus_orphans 1.0"));
                Ran list = run("list");
                assertThat(list.err()).contains("No preview here owns machine " + machine, "set aside as", "pr-8-shop");
                long looks = emulator.calls().count("GET", "/v1/machines");
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> emulator.calls().count("GET", "/v1/machines") > looks + 1);
                assertThat(logged)
                        .as("once in each process")
                        .singleElement()
                        .asString()
                        .contains(machine);
                assertThat(run(up).err()).contains("set aside");
                assertThat(emulator.machines()).as("no second machine").hasSize(1);
                router.close();
            }
        } finally {
            log.removeHandler(handler);
        }
    }

    @Test
    void theAdminPortKeepsItsSecretsAndSaysHowItIs() throws Exception {
        Path token = dir.resolve("state/admin.token");
        assertThat(Files.getPosixFilePermissions(token)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        String admin = router.adminUrl().toString();

        assertThat(get(admin + "/-/healthz").body()).isEqualTo("ok\n");
        assertThat(get(admin + "/-/readyz").status()).isEqualTo(200);
        assertThat(get(admin + "/-/metrics").body())
                .contains("dedalus_requests_seconds_count{class=\"2xx\"}", "dedalus_waiters", "dedalus_routes");
        assertThat(get(admin + "/api/v1/previews").status()).isEqualTo(401);

        router.close();
        assertThat(token).doesNotExist();
        assertThat(run("list").exit()).isEqualTo(ExitCodes.NO_ROUTER);
    }

    @Test
    void whoStopsIsUnreadyForAWhileBeforeTheDoorCloses() throws Exception {
        router.close();
        Files.writeString(config, Files.readString(config) + "limits: {unready: 2s, drain: 1s}\n");
        router = RouterProcess.start(RouterConfigReader.read(config, Map.of()), Map.of());
        String viewer = "http://pr-7.localhost:" + router.port() + "/";
        String ready = router.adminUrl() + "/-/readyz";
        assertThat(get(ready).status()).isEqualTo(200);

        CompletableFuture<Void> stopping = CompletableFuture.runAsync(router::close);
        await().until(() -> get(ready).status() == 503);
        assertThat(get(viewer).status()).as("a router still").isEqualTo(404);
        stopping.get(60, TimeUnit.SECONDS);
        assertThatThrownBy(() -> get(viewer)).isInstanceOf(IOException.class);
    }

    @Test
    void aBadPreviewFileIsNamedWithItsLine() throws Exception {
        Files.writeString(dir.resolve("bad.yaml"), "port: 3000\nvcpus: 2\n");
        Ran up = run("up", dir.resolve("bad.yaml").toString(), "--repository", "github.com/a/b", "--change", "1");
        assertThat(up.exit()).isEqualTo(ExitCodes.CONFIG);
        assertThat(up.err()).contains("bad.yaml:2: vcpus: is not a known key. Did you mean vcpu?");

        Ran nameless = run("up", dir.resolve("preview.yaml").toString(), "--change", "1");
        assertThat(nameless.exit()).isEqualTo(ExitCodes.CONFIG);
        assertThat(nameless.err()).contains("--repository");
    }
}
