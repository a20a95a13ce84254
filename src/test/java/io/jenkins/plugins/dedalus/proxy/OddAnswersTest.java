package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that an app should not give, or may give and hardly any does: served if they are sound, else told in a sentence. */
class OddAnswersTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    private RawUpstream upstream;
    private TestProxy proxy;

    private void start(RawUpstream.Script script) throws Exception {
        upstream = new RawUpstream(script);
        proxy = new TestProxy(
                        new FakeWaker().awake(TestProxy.MACHINE).wakesAtOnce(),
                        settings -> settings.upstreamConnections(1).eventLoops(1),
                        builder -> builder)
                .route(upstream.uri());
    }

    private RawClient.Response answered(String answer) throws Exception {
        start((request, out) -> RawUpstream.write(out, answer));
        return proxy.get("/");
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2;foo=bar\r\nok\r\n0\r\n\r\n",
                "2;foo=\"b;a\\\"r\"\r\nok\r\n0\r\n\r\n",
                "2;foo\r\nok\r\n0;bar\r\n\r\n",
                "2;a=b;c\r\nok\r\n0\r\nX-Trailer: x\r\n\r\n",
                "0002\r\nok\r\n0000\r\n\r\n"
            })
    void chunksMayCarryExtensions(String chunks) throws Exception {
        RawClient.Response response = answered(CHUNKED + chunks);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "100000003\r\nabc\r\n0\r\n\r\n",
                "10000000000000003\r\nabc\r\n0\r\n\r\n",
                "-3\r\nabc\r\n0\r\n\r\n",
                "0x3\r\nabc\r\n0\r\n\r\n",
                "x\r\nabc\r\n0\r\n\r\n",
                "\r\nabc\r\n0\r\n\r\n"
            })
    void aChunkSizeThatIsNoneIsTold(String chunks) throws Exception {
        RawClient.Response response = answered(CHUNKED + chunks);

        assertThat(response.status()).isEqualTo(502);
        assertThat(response.text()).contains("no HTTP/1.1");
        await().untilAsserted(() -> assertThat(upstream.openConnections()).isZero());
    }

    @Test
    void aChunkSizeThatIsNoneCutsWhatHasBegun() throws Exception {
        start((request, out) -> {
            RawUpstream.write(out, CHUNKED + "3\r\nabc\r\n");
            request.in().read();
        });
        try (RawClient client = proxy.client()) {
            client.get(TestProxy.HOST, "/");
            client.head();
            assertThat(RawClient.readChunk(client.in())).hasSize(3);
            await().until(() -> !upstream.requests().isEmpty());
            RawUpstream.write(upstream.last().socket().getOutputStream(), "100000003\r\nabc\r\n0\r\n\r\n");

            assertThatThrownBy(() -> RawClient.readChunk(client.in())).isInstanceOf(java.io.IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 102 Processing\r\n\r\n",
                "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n",
                "HTTP/1.1 199 Odd\r\nX: y\r\n\r\n",
                "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
            })
    void interimAnswersBeforeTheAnswerAreNone(String interim) throws Exception {
        assertThat(answered(interim + OK).text()).isEqualTo("ok");
        assertThat(proxy.get("/again").text()).isEqualTo("ok");
        assertThat(upstream.accepted()).as("the connection is good").isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 199})
    void aStormOfInterimAnswersIsCutOff(int status) throws Exception {
        start((request, out) -> {
            while (!request.socket().isClosed()) {
                RawUpstream.write(out, "HTTP/1.1 " + status + " Again\r\n\r\n");
            }
        });

        RawClient.Response response = proxy.get("/");
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.text()).contains("interim");
        await().untilAsserted(() -> assertThat(upstream.openConnections()).isZero());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip, chunked", "chunked, chunked", "gzip", "chunked, gzip", "xchunked", "chunked;q=1"})
    void aTransferEncodingThatCannotBePassedOnIsTold(String encoding) throws Exception {
        RawClient.Response response =
                answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: " + encoding + "\r\n\r\n3\r\nabc\r\n0\r\n\r\n");

        assertThat(response.status()).isEqualTo(502);
        assertThat(response.text()).containsAnyOf("Transfer-Encoding", "no HTTP/1.1");
    }

    @ParameterizedTest
    @CsvSource({"600", "700", "999"})
    void aStatusThatIsNoneIsTold(int status) throws Exception {
        RawClient.Response response = answered("HTTP/1.1 " + status + " Odd\r\nContent-Length: 2\r\n\r\nok");

        assertThat(response.status()).isEqualTo(502);
        assertThat(response.text()).contains("status " + status);
    }

    @Test
    void aHeadThatIsTooLongIsTold() throws Exception {
        RawClient.Response response =
                answered("HTTP/1.1 200 OK\r\nX: " + "x".repeat(40_000) + "\r\nContent-Length: 2\r\n\r\nok");

        assertThat(response.status()).isEqualTo(502);
        assertThat(response.text()).contains("headers above 32 KiB");
    }

    /** The answer to HEAD has no body; one that is sent nevertheless is nobody's answer. */
    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "GET"})
    void aBodyThatShouldNotBeIsNotTheNextAnswer(String method) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        String evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL";
        start((request, out) -> {
            boolean first = asked.getAndIncrement() == 0;
            String length = "HEAD".equals(method)
                    ? "Content-Length: " + evil.length() + "\r\n\r\n"
                    : "Content-Length: 0\r\n\r\n";
            RawUpstream.write(out, first ? "HTTP/1.1 200 OK\r\n" + length + evil + evil : OK);
        });
        try (RawClient client = proxy.client();
                RawClient other = proxy.client()) {
            client.send(method + " / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            for (RawClient next : java.util.List.of(client, other, client)) {
                assertThat(next.get(TestProxy.HOST, "/next").response().text()).isEqualTo("ok");
            }
        }
        assertThat(upstream.accepted()).isEqualTo(2);
    }

    @Test
    void anAnswerBehindTheAnswerIsNotTheNextRequestsThatWaited() throws Exception {
        start((request, out) -> {
            if (request.target().equals("/first")) {
                await().until(() -> proxy.metrics.inFlight.get() == 2);
                RawUpstream.write(out, OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL");
            } else {
                RawUpstream.write(out, OK);
            }
        });
        try (RawClient first = proxy.client();
                RawClient second = proxy.client()) {
            first.get(TestProxy.HOST, "/first");
            await().until(() -> !upstream.requests().isEmpty());
            second.get(TestProxy.HOST, "/second");

            assertThat(first.response().text()).isEqualTo("ok");
            assertThat(second.response().text()).isEqualTo("ok");
        }
    }

    private static final String REFUSED =
            "{\"error_code\":\"upstream_refused\",\"message\":\"Nothing listens.\",\"retryable\":true}";

    private RawClient.Response post(String body) throws Exception {
        return RawClient.once(
                proxy.port,
                "POST / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body);
    }

    /** Its process restarts: the platform answers in its place. */
    @Test
    void aPostToAnAppThatTakesNoneIsToldWhenToComeBackAndAGetWaits() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        AtomicInteger gets = new AtomicInteger();
        start((request, out) -> {
            request.body();
            boolean post = request.method().equals("POST");
            if (post) {
                posts.incrementAndGet();
            }
            if (post || request.target().equals("/page") && gets.getAndIncrement() == 0) {
                RawUpstream.respond(out, 502, REFUSED, "Content-Type: application/json");
            } else {
                RawUpstream.respond(out, 200, "ok");
            }
        });

        RawClient.Response refused = post("x");
        assertThat(refused.status()).isEqualTo(502);
        assertThat(refused.header("Retry-After")).isEqualTo("2");
        assertThat(refused.text()).contains("takes no requests right now").doesNotContain("upstream_refused");
        assertThat(posts.get()).as("it is sent once").isEqualTo(1);

        assertThat(proxy.get("/page").text()).isEqualTo("ok");
        assertThat(gets.get()).isEqualTo(2);
    }

    @Test
    void anAppsOwnErrorPassesAsItIs() throws Exception {
        String own = "{\"error_code\":\"out_of_stock\"}";
        start((request, out) -> {
            request.body();
            if (request.method().equals("POST")) {
                RawUpstream.respond(out, 502, own, "Content-Type: application/json", "X-Own: 1");
            } else {
                RawUpstream.respond(out, 200, "ok");
            }
        });

        RawClient.Response passed = post("x");
        assertThat(passed.status()).isEqualTo(502);
        assertThat(passed.text()).isEqualTo(own);
        assertThat(passed.header("X-Own")).isEqualTo("1");
        assertThat(post("x").text()).isEqualTo(own);
    }
}
