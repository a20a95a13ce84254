package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes between a viewer and an app, with namespaces (through the relay) and without. */
class PreviewUrlsTest {
    private static final int MIB = 1024 * 1024;

    private Emulator emulator;
    private Api api;
    private String machine;

    private void start(boolean namespaces) throws IOException {
        emulator =
                Emulator.start(EmulatorConfig.builder().namespaces(namespaces).build());
        api = new Api(emulator);
        machine = api.machine();
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSleepingMachineAnswers503AndIsNotWoken(boolean namespaces) throws IOException {
        start(namespaces);
        String url = api.app(machine, 3000);
        api.post("/v1/machines/" + machine + "/sleep", null);
        HttpResponse<String> answer = api.fetch(url + "/count");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("\"error_code\":\"machine_not_routable\"");
        assertThat(api.phase(machine)).isEqualTo("sleeping");
        byte[] body = new byte[8 * MIB];
        HttpResponse<String> posted = send(url + "/hash", body);
        assertThat(posted.statusCode()).isEqualTo(503);
    }

    private static HttpResponse<String> send(String url, byte[] body) throws IOException {
        HttpRequest post = HttpRequest.newBuilder(URI.create(url))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(post, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vite, 403, is not allowed",
        "webpack, 403, Invalid Host header",
        "storybook, 403, Invalid host",
        "rails, 403, Blocked hosts",
        "django, 400, DisallowedHost"
    })
    void aFrameworksRefusalOfTheHostIsAFault(String framework, int status, String words) throws Exception {
        emulator = Emulator.start(EmulatorConfig.defaults());
        Api caller = new Api(emulator);
        String url = caller.preview(caller.machine(), 3000, "public");
        emulator.faults().add(Fault.of(Fault.Kind.PREVIEW_GATEWAY).withErrorCode(framework));
        HttpResponse<String> answer = caller.fetch(url + "/");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains(words).doesNotContain("HOST\"");
    }

    @Test
    void aPreviewMayHaveAHostNameOfItsOwn() throws IOException {
        emulator = Emulator.start(EmulatorConfig.builder().namedHosts(true).build());
        api = new Api(emulator);
        machine = api.machine();
        URI one = URI.create(api.preview(machine, 3000, "public"));
        URI other = URI.create(api.preview(machine, 3001, "public"));
        assertThat(one.getHost()).matches("prev-[a-z0-9-]+\\.localhost").isNotEqualTo(other.getHost());
        assertThat(api.fetch("http://127.0.0.1:" + one.getPort() + "/").statusCode())
                .as("it listens on loopback; whether this resolver knows the name is another matter")
                .isEqualTo(502);
    }

    @Test
    void aPortNobodyListensOnIs502() throws IOException {
        start(true);
        HttpResponse<String> answer = api.fetch(api.preview(machine, 4000, "public") + "/");
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).contains("upstream_refused");
    }

    @Test
    void onlyTheKeyOpensWhatIsNotPublic() throws IOException {
        start(true);
        api.app(machine, 3000);
        for (String visibility : List.of("private", "org")) {
            String url = api.preview(machine, 3000, visibility) + "/count";
            assertThat(api.fetch(url).statusCode()).isEqualTo(401);
            assertThat(api.fetch(url, "Authorization", "Bearer wrong").statusCode())
                    .isEqualTo(401);
            assertThat(api.fetch(url, "authorization", "Bearer " + emulator.apiKey())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aClosedPreviewListensNoMore() throws IOException {
        start(true);
        String url = api.app(machine, 3000);
        String previews = "/v1/machines/" + machine + "/previews";
        String id = api.get(previews).body().at("/items/0/preview_id").asText();
        assertThat(api.delete(previews + "/" + id).body().get("status").asText())
                .isEqualTo("closed");
        assertThatThrownBy(() -> api.fetch(url + "/count")).isInstanceOf(UncheckedIOException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bigBodiesArriveWhole(boolean namespaces) throws Exception {
        start(namespaces);
        String url = api.app(machine, 3000);
        byte[] body = new byte[64 * MIB];
        new Random(1).nextBytes(body);
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        assertThat(send(url + "/hash", body).body()).isEqualTo(hash);

        HttpRequest get =
                HttpRequest.newBuilder(URI.create(url + "/bytes/" + 128L * MIB)).build();
        long total = 0;
        try (InputStream in = HttpClient.newHttpClient()
                .send(get, BodyHandlers.ofInputStream())
                .body()) {
            byte[] buffer = new byte[MIB];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                total += n;
            }
        }
        assertThat(total).isEqualTo(128L * MIB);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theEndOfARequestAndAResetPassAsTheyAre(boolean namespaces) throws IOException {
        start(namespaces);
        api.run(machine, TestApp.daemon(3000, "raw"));
        URI url = URI.create(api.preview(machine, 3000, "public"));
        Awaitility.await().untilAsserted(() -> {
            try (Socket viewer = new Socket(url.getHost(), url.getPort())) {
                viewer.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                viewer.shutdownOutput();
                assertThat(new String(viewer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .isEqualTo("read 18");
            }
        });
        try (Socket viewer = new Socket(url.getHost(), url.getPort())) {
            viewer.getOutputStream().write("GET /reset HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            viewer.shutdownOutput();
            assertThatThrownBy(() -> viewer.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aSlowReaderHoldsTheAppBackInsteadOfFillingMemory() throws IOException {
        start(true);
        URI url = URI.create(api.app(machine, 3000));
        long before = usedMemory();
        try (Socket viewer = new Socket(url.getHost(), url.getPort())) {
            String request = "GET /bytes/" + 1024L * MIB + " HTTP/1.1\r\nHost: x\r\n\r\n";
            viewer.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            assertThat(viewer.getInputStream().readNBytes(MIB)).hasSize(MIB);
            Awaitility.await().during(Duration.ofMillis(500)).until(() -> usedMemory() - before < 64L * MIB);

            assertThat(viewer.getInputStream().readNBytes(MIB)).hasSize(MIB);
        }
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void goingToSleepCutsWhatIsUnderWay() throws IOException {
        start(true);
        URI url = URI.create(api.app(machine, 3000));
        try (Socket viewer = new Socket(url.getHost(), url.getPort())) {
            String request = "GET /bytes/" + 1024L * MIB + " HTTP/1.1\r\nHost: x\r\n\r\n";
            viewer.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            assertThat(viewer.getInputStream().readNBytes(MIB)).hasSize(MIB);
            api.post("/v1/machines/" + machine + "/sleep", null);
            assertThatThrownBy(() -> viewer.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aThousandConnectionsAtOnceAreAllAnswered(boolean namespaces) throws IOException {
        start(namespaces);
        URI url = URI.create(api.app(machine, 3000));
        List<CompletableFuture<String>> all = IntStream.range(0, 1000)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> once(url)))
                .toList();
        assertThat(all).allSatisfy(one -> assertThat(one.join()).startsWith("HTTP/1.1 200"));
        assertThat(api.fetch(url + "/count").body()).isEqualTo("1001");
    }

    private static String once(URI url) {
        try (Socket viewer = new Socket(url.getHost(), url.getPort())) {
            viewer.getOutputStream()
                    .write("GET /count HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(viewer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
