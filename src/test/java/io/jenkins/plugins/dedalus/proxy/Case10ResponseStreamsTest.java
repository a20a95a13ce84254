package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases 10 and 12: answers that break off, and that trickle. */
class Case10ResponseStreamsTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void case10_anUpstreamThatDiesMidResponseLeavesATruncatedResponse(boolean chunked) throws Exception {
        String head = chunked ? "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n" : "Content-Length: 100\r\n\r\nhello";
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    RawUpstream.write(out, "HTTP/1.1 200 OK\r\n" + head);
                    request.socket().close();
                });
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            client.get(TestProxy.HOST, "/");

            assertThatThrownBy(client::response).isInstanceOfAny(EOFException.class, java.net.SocketException.class);
            await().untilAsserted(() -> assertThat(proxy.metrics.failed(ProxyMetrics.Cause.RESPONSE_TRUNCATED))
                    .isEqualTo(1));
            assertThat(proxy.metrics.replayed.get()).isZero();
        }
    }

    @Test
    void case10_aResponseThatIsTooLateIs504AndOneThatStallsIsTruncated() throws Exception {
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    if (request.target().equals("/stalls")) {
                        RawUpstream.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    }
                    request.in().read();
                });
                TestProxy impatient = hurried(settings -> settings.responseTimeout(Duration.ofMillis(200)));
                TestProxy proxy = hurried(settings -> settings.idleTimeout(Duration.ofMillis(200)))) {
            impatient.route(upstream.uri());
            assertThat(impatient.get("/late").status()).isEqualTo(504);

            proxy.route(upstream.uri());
            try (RawClient client = proxy.client().get(TestProxy.HOST, "/stalls")) {
                assertThat(client.head()).startsWith("HTTP/1.1 200");
                assertThat(client.in().readNBytes(10)).hasSize(4);
            }
            await().until(() -> impatient.metrics.upstreamConnections.get() == 0);
            await().until(() -> proxy.metrics.upstreamConnections.get() == 0);
        }
    }

    @Test
    void aPreviewMayHaveLimitsOfItsOwn() throws Exception {
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    if (request.header("Upgrade") != null) {
                        RawUpstream.write(out, WebSockets.accept(request));
                    } else if (request.target().equals("/stalls")) {
                        RawUpstream.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    }
                    request.in().read();
                });
                TestProxy proxy = hurried(settings -> settings)) {
            Duration second = Duration.ofSeconds(1);
            proxy.directory.put(TestProxy.route(TestProxy.HOST, TestProxy.MACHINE, upstream.uri())
                    .answers(new TimeLimits.Answers(second, second))
                    .build());

            assertThat(proxy.get("/late").status()).isEqualTo(504);
            try (RawClient stalled = proxy.client().get(TestProxy.HOST, "/stalls");
                    RawClient tunnel = proxy.client().send(WebSockets.handshake(TestProxy.HOST, "/"))) {
                assertThat(stalled.head()).startsWith("HTTP/1.1 200");
                assertThat(tunnel.head()).startsWith("HTTP/1.1 101");
                assertThat(stalled.in().readNBytes(10)).hasSize(4);
                assertThat(WebSockets.read(tunnel.in()).opcode()).isEqualTo(WebSockets.CLOSE);
            }
        }
    }

    private static TestProxy hurried(UnaryOperator<ProxySettings.Builder> settings) {
        return new TestProxy(new FakeWaker().awake(TestProxy.MACHINE), settings, builder -> builder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/x-ndjson"})
    void case12_eachEventPassesAtOnceAndUncompressed(String type) throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    RawUpstream.write(
                            out, "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n");
                    String event = events.take();
                    while (!event.isEmpty()) {
                        RawUpstream.write(out, Integer.toHexString(event.length()) + "\r\n" + event + "\r\n");
                        event = events.take();
                    }
                    RawUpstream.write(out, "0\r\n\r\n");
                });
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            client.get(TestProxy.HOST, "/events", "Accept-Encoding: gzip, br");
            // The head comes before the first event does.
            String head = client.head();
            assertThat(head).startsWith("HTTP/1.1 200").contains(type).doesNotContainIgnoringCase("Content-Encoding");
            // Each comes before the next is sent. A proxy that holds back does so with all, as each follows the last
            // one's
            // arrival; a busy machine lets one pass quickly by and by. bench/run has the slowest.
            Duration quickest = Duration.ofDays(1);
            for (int i = 0; i < 50 || quickest.compareTo(Duration.ofMillis(25)) > 0; i++) {
                String event = "data: " + i + "\n\n";
                long before = System.nanoTime();
                events.add(event);
                assertThat(new String(RawClient.readChunk(client.in()), StandardCharsets.UTF_8))
                        .isEqualTo(event);
                Duration took = Duration.ofNanos(System.nanoTime() - before);
                quickest = took.compareTo(quickest) < 0 ? took : quickest;
                assertThat(i)
                        .as("events, the quickest of which took %s", quickest)
                        .isLessThan(2000);
            }
            events.add("");
            assertThat(RawClient.readChunk(client.in())).isEmpty();
        }
    }

    @Test
    void case12_aCompressedAnswerIsNotCompressedOrExpandedAgain() throws Exception {
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    assertThat(request.header("Accept-Encoding")).isEqualTo("gzip, br");
                    RawUpstream.respond(out, 200, "not really gzip", "Content-Encoding: gzip", "Vary: Accept-Encoding");
                });
                TestProxy proxy = TestProxy.awake(upstream)) {
            RawClient.Response response = proxy.get("/", "Accept-Encoding: gzip, br");

            assertThat(response.all("Content-Encoding")).containsExactly("gzip");
            assertThat(response.text()).isEqualTo("not really gzip");
        }
    }

    @Test
    void case12_oldViewersGetTheBodyUpToTheEndOfTheConnection() throws Exception {
        try (RawUpstream upstream = new RawUpstream((request, out) -> RawUpstream.write(
                        out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
                TestProxy proxy = TestProxy.awake(upstream)) {
            RawClient.Response response = RawClient.once(
                    proxy.port, "GET / HTTP/1.0\r\nHost: " + TestProxy.HOST + "\r\nConnection: keep-alive\r\n\r\n");

            assertThat(response.text()).isEqualTo("hello");
            assertThat(response.header("Transfer-Encoding")).isNull();
        }
    }

    @Test
    void case12_answersWithoutBodiesStayAsTheyAre() throws Exception {
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    switch (request.target()) {
                        case "/head" -> RawUpstream.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
                        case "/204" -> RawUpstream.write(out, "HTTP/1.1 204 No Content\r\n\r\n");
                        case "/304" -> RawUpstream.write(out, "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n");
                        default -> RawUpstream.respond(out, 200, "");
                    }
                });
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            client.send("HEAD /head HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\n\r\n");
            assertThat(client.head()).containsIgnoringCase("content-length: 1234");
            assertThat(client.get(TestProxy.HOST, "/204").response().status()).isEqualTo(204);
            RawClient.Response notModified = client.get(TestProxy.HOST, "/304").response();
            assertThat(notModified.status()).isEqualTo(304);
            assertThat(notModified.header("ETag")).isEqualTo("\"x\"");
            assertThat(client.get(TestProxy.HOST, "/empty").response().body()).isEmpty();
        }
    }
}
