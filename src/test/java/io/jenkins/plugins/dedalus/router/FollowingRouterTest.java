package io.jenkins.plugins.dedalus.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.client.model.PreviewUrl;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlCreate;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.router.config.RouterConfigReader;
import io.jenkins.plugins.dedalus.router.serve.RouterProcess;
import io.jenkins.plugins.dedalus.router.serve.StartException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A router beside a Jenkins: the list of routes and the word about viewers come from there, everything over real sockets. */
class FollowingRouterTest {
    private static final String HOST = "pr-5.localhost";

    @TempDir
    Path dir;

    private final MockWebServer jenkins = new MockWebServer();
    private final OkHttpClient browser = new OkHttpClient.Builder()
            .dns(name -> List.of(InetAddress.getLoopbackAddress()))
            .followRedirects(false)
            .build();
    private Emulator emulator;
    private DedalusClient client;
    private RouterProcess router;
    private String routes = "{\"version\":1,\"routes\":[]}";

    @BeforeEach
    void start() throws Exception {
        emulator = Emulator.start(
                EmulatorConfig.builder().holdWindow(Duration.ZERO).build());
        client = DedalusClient.builder()
                .baseUrl(emulator.baseUrl().toString())
                .apiKey(emulator.apiKey())
                .build();
        jenkins.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                boolean trusted = "Bearer t0ken".equals(request.getHeaders().get("Authorization"));
                String answer =
                        switch (request.getUrl().encodedPath()) {
                            case "/dedalus/router/directory" -> routes;
                            case "/dedalus/router/redeem" ->
                                "{\"allowed\":true,\"session\":\"opaque-session-of-ada\",\"viewer\":\"ada\",\"expiresInSeconds\":1800}";
                            default -> "{\"allowed\":true,\"viewer\":\"ada\"}";
                        };
                return new MockResponse.Builder()
                        .code(trusted ? 200 : 401)
                        .body(answer)
                        .build();
            }
        });
        jenkins.start();
        Files.writeString(dir.resolve("key"), emulator.apiKey());
        Files.writeString(dir.resolve("token"), "t0ken\n");
    }

    @AfterEach
    void stop() {
        if (router != null) {
            router.close();
        }
        client.close();
        emulator.close();
        jenkins.close();
    }

    private void serve(String more) throws Exception {
        Path config = dir.resolve("router.yaml");
        Files.writeString(config, """
                api: {baseUrl: "%s", apiKeyFile: key, upstreamHosts: [127.0.0.1, localhost]}
                state: state
                listen: {port: 0}
                previewUrl: http://{label}.localhost
                """.formatted(emulator.baseUrl()) + more);
        router = RouterProcess.start(RouterConfigReader.read(config, Map.of()), Map.of());
    }

    private Response get(String path, String... headers) throws Exception {
        Request.Builder request = new Request.Builder()
                .url("http://" + HOST + ":" + router.port() + path)
                .header("Accept", "text/html")
                .header("Sec-Fetch-Mode", "navigate")
                .header("Sec-Fetch-Dest", "document");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return browser.newCall(request.build()).execute();
    }

    /** A machine with a server on it, asleep; its route as Jenkins lists it. */
    private String sleepingMachine() {
        Machine machine = client.machines().create(new MachineCreate(0.5, 512, 5, "10m"), RequestOptions.none());
        String id = machine.machineId();
        await().until(() ->
                client.machines().get(id, RequestOptions.none()).phase().equals(MachinePhase.RUNNING));
        String server = "cat > S.java <<'J'\n"
                + "public class S { public static void main(String[] a) throws Exception {"
                + " var s = com.sun.net.httpserver.HttpServer.create(new java.net.InetSocketAddress("
                + "Integer.parseInt(System.getenv().getOrDefault(\"PORT\", \"3000\"))), 0);"
                + " s.createContext(\"/\", e -> { byte[] b = (\"hello \" + e.getRequestHeaders().get(\"Cookie\")).getBytes();"
                + " e.sendResponseHeaders(200, b.length); e.getResponseBody().write(b); e.close(); }); s.start(); } }\n"
                + "J\nsetsid java -Xmx32m S.java >log 2>&1 </dev/null &\n";
        client.executions()
                .create(
                        id,
                        new ExecutionCreate(List.of("/bin/bash", "-s"), null, Map.of(), server, 30_000L),
                        RequestOptions.none());
        PreviewUrl preview = client.previews()
                .create(id, new PreviewUrlCreate(3000, Protocol.HTTP, Visibility.PUBLIC), RequestOptions.none());
        await().until(() -> client.previews()
                        .get(id, preview.previewId(), RequestOptions.none())
                        .url()
                != null);
        String url = client.previews()
                .get(id, preview.previewId(), RequestOptions.none())
                .url();
        await().ignoreExceptions().until(() -> {
            try (Response up =
                    browser.newCall(new Request.Builder().url(url).build()).execute()) {
                return up.code() == 200;
            }
        });
        client.machines().sleep(id, RequestOptions.none());
        return "{\"version\":1,\"routes\":[{\"host\":\"" + HOST + "\",\"previewId\":\"pr-5-shop-abcd\",\"machineId\":\""
                + id + "\",\"upstream\":\"" + url.replaceAll("/$", "") + "\",\"access\":\"%s\"}]}";
    }

    @Test
    void aViewerIsHandedOverWokenForAndServed() throws Exception {
        routes = sleepingMachine().formatted("jenkins");
        String url = jenkins.url("/").toString();
        serve("""
                directory: {source: jenkins, url: "%s", tokenFile: token, poll: 1s}
                access: {mode: jenkins}
                """.formatted(url));
        await().until(() -> {
            try (Response response = get("/")) {
                return response.code() == 302;
            }
        });
        String location;
        String state;
        try (Response sent = get("/cart")) {
            location = sent.header("Location");
            state = sent.header("Set-Cookie").replaceAll(";.*", "");
        }
        assertThat(location).startsWith(url + "dedalus/authorize?host=" + HOST);
        String session;
        String query = "?code=c0de&state=" + location.replaceAll(".*state=", "");
        try (Response back = get("/.dedalus/callback" + query, "Cookie", state)) {
            assertThat(back.code()).isEqualTo(302);
            assertThat(back.header("Location")).endsWith(":" + router.port() + "/cart");
            session = back.headers("Set-Cookie").get(0).replaceAll(";.*", "");
        }
        try (Response page = get(
                "/cart", "Cookie", session + "; own=1", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-origin")) {
            assertThat(page.code()).isEqualTo(200);
            assertThat(page.body().string())
                    .as("the app sees its own cookies only")
                    .isEqualTo("hello [own=1]");
        }
        assertThat(run("list").out()).contains("pr-5-shop-abcd");
        assertThat(run("sleep", "5").err()).contains("only follows a list");
        assertThat(run("wake", HOST).out()).contains("is awake");
    }

    private String sentTo(String host) throws Exception {
        Request request = new Request.Builder()
                .url("http://" + host + ":" + router.port() + "/")
                .header("Accept", "text/html")
                .header("Sec-Fetch-Mode", "navigate")
                .build();
        try (Response response = browser.newCall(request).execute()) {
            return response.code() + " "
                    + String.valueOf(response.header("Location")).replaceAll("host=.*", "");
        }
    }

    @Test
    void withSeveralJenkinsAHostThatLeadsNowhereLooksLikeItsNeighbours() throws Exception {
        routes = "{\"version\":1,\"routes\":[{\"host\":\"pr-1.a.localhost\",\"state\":\"provisioning\"}]}";
        try (MockWebServer other = new MockWebServer()) {
            other.setDispatcher(new Dispatcher() {
                @Override
                public MockResponse dispatch(RecordedRequest request) {
                    return new MockResponse.Builder()
                            .body(routes.replace("pr-1.a.", "pr-1.b."))
                            .build();
                }
            });
            other.start();
            String first = jenkins.url("/").toString();
            String second = other.url("/").toString();
            serve("""
                    directory:
                      poll: 1s
                      owners: [{jenkins: "%s", tokenFile: token}, {jenkins: "%s", tokenFile: token}]
                    access: {mode: jenkins}
                    """.formatted(first, second));
            String toFirst = "302 " + first + "dedalus/authorize?";
            String toSecond = "302 " + second + "dedalus/authorize?";
            await().until(() -> sentTo("pr-1.a.localhost").equals(toFirst));
            await().until(() -> sentTo("pr-1.b.localhost").equals(toSecond));

            assertThat(sentTo("pr-9.a.localhost")).isEqualTo(toFirst);
            assertThat(sentTo("pr-9.b.localhost")).isEqualTo(toSecond);
            assertThat(sentTo("pr-9.c.localhost")).isEqualTo(toFirst);
        }
    }

    @Test
    void aFileOfRoutesWorksWithoutJenkins() throws Exception {
        Files.writeString(dir.resolve("routes.json"), sleepingMachine().formatted("public"));
        serve("directory: {source: file, file: routes.json}\n");

        try (Response page = get("/", "Sec-Fetch-Mode", "cors")) {
            assertThat(page.code()).isEqualTo(200);
        }
    }

    @Test
    void withoutJenkinsAndWithoutAKeptListItIsNotReady() throws Exception {
        jenkins.close();
        serve("directory: {source: jenkins, url: \"http://127.0.0.1:9/\", tokenFile: token, poll: 1s}\n");

        try (Response ready = browser.newCall(new Request.Builder()
                        .url(router.adminUrl() + "/-/readyz")
                        .build())
                .execute()) {
            assertThat(ready.code()).isEqualTo(503);
            assertThat(ready.body().string()).contains("no list yet");
        }
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        Files.writeString(dir.resolve("token"), "\n");
        assertThatThrownBy(
                        () -> serve("directory: {source: jenkins, url: \"http://127.0.0.1:9/\", tokenFile: token}\n"))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("directory.tokenFile");
        assertThatThrownBy(() -> serve("directory: {source: file, file: none.json}\n"))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("directory.file");
        Files.writeString(dir.resolve("key"), "");
        assertThatThrownBy(() -> serve("")).isInstanceOf(StartException.class).hasMessageContaining("api.apiKeyFile");
    }

    private record Ran(String out, String err) {}

    private Ran run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = RouterMain.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--state";
        all[args.length + 1] = dir.resolve("state").toString();
        line.execute(all);
        return new Ran(out.toString(), err.toString());
    }
}
