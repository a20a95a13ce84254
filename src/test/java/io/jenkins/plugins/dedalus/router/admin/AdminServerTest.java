package io.jenkins.plugins.dedalus.router.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PLACES = 128;

    private final HttpClient http = HttpClient.newHttpClient();
    private final CompletableFuture<String> operation = new CompletableFuture<>();
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicInteger blocking = new AtomicInteger();
    private final List<Socket> sockets = new ArrayList<>();
    private AdminServer admin;

    @BeforeEach
    void start() throws IOException {
        admin = AdminServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                this::handle,
                () -> new AdminServer.Readiness(true, "ready"),
                () -> "metric 1\n");
        admin.token("secret");
    }

    @AfterEach
    void stop() throws IOException {
        blocked.countDown();
        for (Socket socket : sockets) {
            socket.close();
        }
        admin.close();
    }

    private void handle(AdminCall call) {
        switch (call.parts().get(0)) {
            case "up" -> {
                EventStream stream = call.stream();
                streams.incrementAndGet();
                stream.progress("deploying", 1, "a line", true);
                stream.follow(operation, done -> JSON.createObjectNode().put("id", done));
            }
            case "loud" -> {
                EventStream stream = call.stream();
                for (int i = 0; i < 2000; i++) {
                    stream.progress("deploying", i, "x".repeat(16_000), true);
                }
                streams.incrementAndGet();
                stream.follow(operation, done -> JSON.createObjectNode().put("id", done));
            }
            case "late" -> {
                call.stream();
                throw new IllegalArgumentException("It can't be.");
            }
            case "block" -> {
                blocking.incrementAndGet();
                hold();
                call.answer(JSON.createObjectNode());
            }
            default -> throw new AdminException(AdminException.Kind.NOT_FOUND, "There's no such thing.");
        }
    }

    private void hold() {
        try {
            blocked.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Socket post(String path) throws IOException {
        return send("POST /api/v1/" + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n"
                + "Content-Length: 2\r\n\r\n{}");
    }

    private Socket send(String text) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin.url().getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        sockets.add(socket);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        return socket;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** The end of a stream that is being read from now on. */
    private static String rest(BufferedReader lines) throws IOException {
        String last = "";
        for (String line = lines.readLine(); line != null && !last.contains("\"event\":\"result\""); ) {
            last = line.isBlank() ? last : line;
            line = last.contains("\"event\":\"result\"") ? line : lines.readLine();
        }
        return last;
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(admin.url() + path))
                        .timeout(PATIENCE)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> call(String path) throws Exception {
        return call(path, PATIENCE);
    }

    private HttpResponse<String> call(String path, Duration patience) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(admin.url() + "/api/v1/" + path))
                        .timeout(patience)
                        .header("Authorization", "Bearer secret")
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void assertHealthy() throws Exception {
        assertThat(get("/-/healthz").body()).isEqualTo("ok\n");
        assertThat(get("/-/readyz").body()).isEqualTo("ready\n");
        assertThat(get("/-/metrics").body()).isEqualTo("metric 1\n");
    }

    @Test
    void streamsTakeNothingFromHealthAndHaveALimit() throws Exception {
        for (int i = 1; i <= PLACES; i++) {
            // One by one: of many calls at once some are refused before they are streams.
            int begun = i;
            post("up");
            await().atMost(PATIENCE).until(() -> streams.get() == begun);
        }
        assertHealthy();

        HttpResponse<String> refused = call("up");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("5");
        assertThat(refused.body())
                .contains("\"code\":\"busy\"")
                .contains("128 operations already, so nothing was begun");
        assertThat(streams).hasValue(PLACES);

        sockets.get(0).close();
        await().atMost(PATIENCE).until(() -> {
            reader(post("up")).readLine();
            return streams.get() == PLACES + 1;
        });
        BufferedReader lines = reader(sockets.get(1));
        operation.complete("pr-1");
        assertThat(rest(lines)).isEqualTo("{\"event\":\"result\",\"preview\":{\"id\":\"pr-1\"}}");
        await().atMost(PATIENCE).until(() -> call("up").statusCode() == 200);
    }

    @Test
    void callsThatBlockTakeNothingFromHealthAndHaveALimit() throws Exception {
        for (int i = 0; i < 16; i++) {
            post("block");
        }
        await().atMost(PATIENCE).until(() -> blocking.get() == 16);
        for (int i = 0; i < 64; i++) {
            post("block");
        }
        assertHealthy();
        // A call that comes before those 64 takes one of their places, and its caller gives up.
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            HttpResponse<String> refused = call("no-such-thing", Duration.ofSeconds(2));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        });
        blocked.countDown();
        await().atMost(PATIENCE).until(() -> call("no-such-thing").statusCode() == 404);
    }

    @Test
    void whoNeverFinishesARequestTakesNothingFromHealth() throws Exception {
        for (int i = 0; i < 200; i++) {
            send("GET /-/healthz HTTP/1.1\r\nHost:");
        }
        for (int i = 0; i < 100; i++) {
            send("POST /api/v1/up HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\nContent-Length: 9\r\n\r\n{");
        }
        assertHealthy();
    }

    @Test
    void aReaderThatIsFarBehindHearsWhatItMissedAndNeverMissesTheEnd() throws Exception {
        Socket socket = post("loud");
        await().atMost(PATIENCE).until(() -> streams.get() == 1);
        operation.complete("pr-2");
        assertHealthy();

        BufferedReader reader = reader(socket);
        int lines = 0;
        int leftOut = 0;
        String line = reader.readLine();
        while (!line.contains("\"event\":\"result\"")) {
            Matcher gap = Pattern.compile("… (\\d+) lines left out").matcher(line);
            lines += line.contains("xxxx") ? 1 : 0;
            leftOut += gap.find() ? Integer.parseInt(gap.group(1)) : 0;
            line = reader.readLine();
        }
        assertThat(line).contains("pr-2");
        assertThat(leftOut).isPositive();
        assertThat(lines + leftOut).isEqualTo(2000);
    }

    @Test
    void whatFailsOnceAStreamHasBegunEndsTheStream() throws Exception {
        HttpResponse<String> late = call("late");
        assertThat(late.statusCode()).isEqualTo(200);
        assertThat(late.body().trim())
                .isEqualTo("{\"event\":\"error\",\"code\":\"config\",\"message\":\"It can't be.\"}");
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/api/v1/previews").statusCode()).isEqualTo(401);
    }

    @Test
    void aHeadRequestAndALargeOneAreAnswered() throws Exception {
        HttpResponse<String> head = http.send(
                HttpRequest.newBuilder(URI.create(admin.url() + "/-/healthz"))
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .timeout(PATIENCE)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        HttpResponse<String> large = http.send(
                HttpRequest.newBuilder(URI.create(admin.url() + "/api/v1/up"))
                        .timeout(PATIENCE)
                        .header("Authorization", "Bearer secret")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[5 * 1024 * 1024]))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(large.statusCode()).isEqualTo(400);
        assertThat(large.body()).contains("larger than 4 MiB");
    }
}
