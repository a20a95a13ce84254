package io.jenkins.plugins.dedalus.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.router.admin.AdminAddress;
import io.jenkins.plugins.dedalus.router.config.RouterConfigReader;
import io.jenkins.plugins.dedalus.router.serve.RouterProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.Credentials;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Two routers that serve the previews of a third: what they know of it, and what viewers notice when it is killed. */
class ReplicasTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String HOST = "pr-7.localhost";

    @TempDir
    Path dir;

    private final OkHttpClient http = new OkHttpClient.Builder()
            .dns(name -> List.of(InetAddress.getLoopbackAddress()))
            .followRedirects(false)
            .readTimeout(PATIENCE)
            .build();
    private final List<RouterProcess> replicas = new ArrayList<>();
    private Emulator emulator;
    private DedalusClient client;
    private Process owner;
    private String access;
    private String admin;

    @BeforeEach
    void start() throws Exception {
        emulator = Emulator.start(
                EmulatorConfig.builder().holdWindow(Duration.ZERO).build());
        client = DedalusClient.builder()
                .baseUrl(emulator.baseUrl().toString())
                .apiKey(emulator.apiKey())
                .build();
        Files.writeString(dir.resolve("key"), emulator.apiKey());
        Files.writeString(dir.resolve("routes.token"), "followers-only\n");
        String hash = BCrypt.withDefaults().hashToString(4, "sesame".toCharArray());
        access = "access: {mode: basic, user: review, passwordHash: '" + hash + "', keyFile: shared.key}\n";
        startOwner();
        admin = AdminAddress.read(dir.resolve("owner")).url().toString();
    }

    @AfterEach
    void stop() throws Exception {
        replicas.forEach(RouterProcess::close);
        if (owner != null) {
            owner.destroyForcibly().waitFor();
        }
        client.close();
        emulator.close();
    }

    private Path config(String name, String more) throws Exception {
        Path file = dir.resolve(name + ".yaml");
        Files.writeString(file, """
                api: {baseUrl: "%s", apiKeyFile: key, upstreamHosts: [127.0.0.1, localhost]}
                state: %s
                listen: {port: 0}
                previewUrl: http://pr-{number}.localhost:8080
                """.formatted(emulator.baseUrl(), name) + more);
        return file;
    }

    /** A process of its own, so that it can be killed. */
    private void startOwner() throws Exception {
        Path config = config("owner", access + "admin: {routesTokenFile: routes.token}\n");
        owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RouterMain.class.getName(),
                        "serve",
                        "--config",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("owner.log").toFile())
                .start();
        // A JVM on a busy machine may take long; one that has died need not be waited for.
        await().atMost(PATIENCE).until(() -> Files.exists(dir.resolve("owner/admin.json")) || !owner.isAlive());
        assertThat(owner.isAlive())
                .as(() -> "The owner has died: " + said("owner.log"))
                .isTrue();
    }

    private String said(String log) {
        try {
            return Files.readString(dir.resolve(log));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private RouterProcess replica(String name) throws Exception {
        Path config = config(
                name,
                access + "directory: {source: router, url: \"" + admin + "\", tokenFile: routes.token, poll: 1s}\n");
        RouterProcess replica = RouterProcess.start(RouterConfigReader.read(config, Map.of()), Map.of());
        replicas.add(replica);
        return replica;
    }

    private String run(String... args) {
        StringWriter out = new StringWriter();
        CommandLine line = RouterMain.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(out, true));
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--state", dir.resolve("owner").toString()));
        line.execute(all.toArray(String[]::new));
        return out.toString();
    }

    private Response ask(RouterProcess router, String path, String... headers) throws Exception {
        Request.Builder request = new Request.Builder().url("http://" + HOST + ":" + router.port() + path);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.newCall(request.build()).execute();
    }

    private int status(RouterProcess router, String path, String... headers) throws Exception {
        try (Response response = ask(router, path, headers)) {
            return response.code();
        }
    }

    private String up() throws Exception {
        Files.writeString(dir.resolve("preview.yaml"), """
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
                      server.createContext("/", exchange -> {
                        exchange.sendResponseHeaders(200, 2);
                        exchange.getResponseBody().write("ok".getBytes());
                        exchange.close();
                      });
                      server.start();
                    }
                  }
                  JAVA
                  javac App.java
                start: PORT=${PORT:-3000} exec java -Xmx32m App
                """);
        String said = run(
                "up", dir.resolve("preview.yaml").toString(), "--repository", "github.com/acme/shop", "--change", "7");
        assertThat(said).contains(" is ready: ");
        return client.machines().listAll(RequestOptions.none()).get(0).machineId();
    }

    @Test
    void viewersOfTwoReplicasOutliveTheOwner() throws Exception {
        String machine = up();
        RouterProcess one = replica("one");
        RouterProcess two = replica("two");
        String password = Credentials.basic("review", "sesame");
        await().until(() -> status(one, "/", "Authorization", password) == 200);
        await().until(() -> status(two, "/", "Authorization", password) == 200);
        assertThat(status(two, "/")).isEqualTo(401);

        String session = session(one, password);
        assertThat(status(two, "/", "Cookie", session, "Sec-Fetch-Site", "same-origin"))
                .as("both sign with the same key")
                .isEqualTo(200);
        sharesAndWithdraws(one);

        owner.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
        assertThat(status(one, "/", "Authorization", password)).isEqualTo(200);
        assertThat(status(two, "/", "Cookie", session, "Sec-Fetch-Site", "same-origin"))
                .isEqualTo(200);
        client.machines().sleep(machine, RequestOptions.none());
        await().until(() ->
                client.machines().get(machine, RequestOptions.none()).phase().equals(MachinePhase.SLEEPING));
        assertThat(status(two, "/", "Authorization", password))
                .as("a replica wakes by itself")
                .isEqualTo(200);

        one.close();
        RouterProcess again = replica("one");
        assertThat(status(again, "/", "Authorization", password))
                .as("a replica that starts without the owner knows the list")
                .isEqualTo(200);
    }

    private String session(RouterProcess router, String password) throws Exception {
        try (Response page = ask(
                router,
                "/",
                "Authorization",
                password,
                "Sec-Fetch-Mode",
                "navigate",
                "Sec-Fetch-Dest",
                "document",
                "Sec-Fetch-Site",
                "none")) {
            return page.header("Set-Cookie").replaceAll(";.*", "");
        }
    }

    private void sharesAndWithdraws(RouterProcess replica) throws Exception {
        String link = URI.create(run("share", "7", "--expires", "1h")
                        .lines()
                        .filter(line -> line.startsWith("http"))
                        .findFirst()
                        .orElseThrow())
                .getPath();
        assertThat(status(replica, link)).as("a link made by the owner").isEqualTo(302);
        assertThat(run("share", "7", "--withdraw")).contains("Withdrawn: all.");
        await().until(() -> status(replica, link) != 302);
    }

    @Test
    void theRoutesTokenOpensNothingElse() throws Exception {
        assertThat(bearer(admin + "/api/v1/routes", "followers-only")).isEqualTo(200);
        assertThat(bearer(admin + "/api/v1/routes", "wrong")).isEqualTo(401);
        assertThat(bearer(admin + "/api/v1/routes", "")).isEqualTo(401);
        assertThat(bearer(admin + "/api/v1/previews", "followers-only")).isEqualTo(401);
        assertThat(bearer(admin + "/api/v1/routes/", "followers-only")).isEqualTo(401);
        assertThat(bearer(admin + "/api/v1/%72outes", "followers-only")).isEqualTo(401);
    }

    private int bearer(String url, String token) throws Exception {
        Request request = new Request.Builder()
                .url(url)
                .header("Authorization", "Bearer " + token)
                .build();
        try (Response response = http.newCall(request).execute()) {
            return response.code();
        }
    }
}
