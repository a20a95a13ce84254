package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests by HTTP/1 that hardly any client sends: each gets its answer, and none becomes another one on its way. */
class OddRequestsTest {
    private static final String HOST = "Host: " + TestProxy.HOST + "\r\n";
    private static final String CHUNKED = "POST /a HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n";

    private static RawUpstream upstream;
    private static TestProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        upstream = new RawUpstream((request, out) -> {
            String body = new String(request.body(), java.nio.charset.StandardCharsets.US_ASCII);
            switch (request.target()) {
                case "/chunked" ->
                    RawUpstream.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
                case "/cut" -> {
                    RawUpstream.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
                    request.in().read();
                }
                default -> RawUpstream.respond(out, 200, request.method() + " " + request.target() + " [" + body + "]");
            }
        });
        proxy = TestProxy.awake(upstream);
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    private static List<String> targets() {
        return upstream.requests().stream().map(RawUpstream.Request::target).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10000000000000005\r\nhello\r\n0\r\n\r\n",
                "100000005\r\nhello\r\n0\r\n\r\n",
                "80000005\r\nhello\r\n0\r\n\r\n",
                "-5\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n",
                "0x5\r\nhello\r\n0\r\n\r\n",
                "5 5\r\nhello\r\n0\r\n\r\n",
                "5\nhello\r\n0\r\n\r\n",
                "5;a\nb\r\nhello\r\n0\r\n\r\n",
                "\r\nhello\r\n0\r\n\r\n",
                "g\r\nhello\r\n0\r\n\r\n",
                "5\r\nhelloX\r\n0\r\n\r\n",
            })
    void aChunkThatIsNoneIsAnswered400AndNothingBehindItIsRead(String chunks) throws Exception {
        String behind = "/behind-" + Integer.toHexString(chunks.hashCode());
        try (RawClient client = proxy.client()) {
            client.send(CHUNKED + chunks + "GET " + behind + " HTTP/1.1\r\n" + HOST + "\r\n");

            assertThat(client.response().status()).isEqualTo(400);
            assertThat(client.isClosedByPeer()).isTrue();
        }
        assertThat(targets()).doesNotContain(behind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5;a=\"x;y\"\r\nhello\r\n0\r\n\r\n",
                "5;token\r\nhello\r\n0;last\r\n\r\n",
                "005\r\nhello\r\n000\r\n\r\n",
                "2\r\nhe\r\n3;x=y;z\r\nllo\r\n0\r\nX-Trailer: x\r\n\r\n"
            })
    void chunksMayCarryExtensionsWhichEndHere(String chunks) throws Exception {
        try (RawClient client = proxy.client()) {
            client.send(CHUNKED + chunks + "GET /next HTTP/1.1\r\n" + HOST + "\r\n");

            assertThat(client.response().text()).isEqualTo("POST /a [hello]");
            assertThat(client.response().text()).isEqualTo("GET /next []");
        }
    }

    @Test
    void manySmallHeadersAreAsLongAsFewLongOnes() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 4000; i++) {
            many.append("a").append(i).append(":b\r\n");
        }
        int before = upstream.requests().size();

        assertThat(RawClient.once(proxy.port, "GET / HTTP/1.1\r\n" + HOST + many + "\r\n")
                        .status())
                .isEqualTo(431);
        assertThat(upstream.requests()).hasSize(before);
        assertThat(RawClient.once(
                                proxy.port,
                                "GET / HTTP/1.1\r\n" + HOST + many.substring(0, many.indexOf("a2000")) + "\r\n")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/3.0", "HTTP/9.9"})
    void anotherVersionIsAnswered505(String version) throws Exception {
        int before = upstream.requests().size();
        try (RawClient client = proxy.client()) {
            client.send("GET / " + version + "\r\n" + HOST + "\r\nGET /behind HTTP/1.1\r\n" + HOST + "\r\n");

            RawClient.Response response = client.response();
            assertThat(response.status()).isEqualTo(505);
            assertThat(response.head()).startsWith("HTTP/1.");
            assertThat(response.text()).isNotBlank();
            assertThat(client.isClosedByPeer()).isTrue();
        }
        assertThat(upstream.requests()).hasSize(before);
    }

    @Test
    void thePrefaceOfHttp2IsAnswered505OnAPlainPort() throws Exception {
        assertThat(RawClient.once(proxy.port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
                        .status())
                .isEqualTo(505);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http/1.1", "HTTP/1", "HTTP/11", "HTTP/1.1x", "HTTP /1.1", "HTTPS/1.1", "HTTP/1.10", "X"})
    void whatIsNoVersionIsAnswered400(String version) throws Exception {
        int before = upstream.requests().size();

        assertThat(RawClient.once(proxy.port, "GET / " + version + "\r\n" + HOST + "\r\n")
                        .status())
                .isEqualTo(400);
        assertThat(upstream.requests()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"010", "00", "0000000000", "01"})
    void aLengthWithZerosInFrontIsAnswered400(String length) throws Exception {
        int before = upstream.requests().size();

        assertThat(RawClient.once(
                                proxy.port,
                                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: " + length + "\r\n\r\n0123456789")
                        .status())
                .isEqualTo(400);
        assertThat(upstream.requests()).hasSize(before);
    }

    @Test
    void anEmptyPostSaysThatItIsEmpty() throws Exception {
        for (String method : List.of("POST", "PUT", "PATCH")) {
            RawClient.once(proxy.port, method + " /empty HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(upstream.last().all("Content-Length")).containsExactly("0");
        }
        proxy.get("/empty");
        assertThat(upstream.last().all("Content-Length")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: close\r\n", "Connection: keep-alive\r\n"})
    void whoSendsNothingMoreStillGetsTheAnswer(String header) throws Exception {
        for (String request : List.of(
                "GET /half HTTP/1.1\r\n" + HOST + header + "\r\n",
                "GET /half HTTP/1.0\r\n" + HOST + header + "\r\n",
                "POST /half HTTP/1.1\r\n" + HOST + header + "Content-Length: 2\r\n\r\nhi")) {
            try (RawClient client = proxy.client()) {
                client.send(request);
                client.socket().shutdownOutput();

                assertThat(client.response().text()).contains("/half");
                assertThat(client.isClosedByPeer())
                        .as("and the end of the connection")
                        .isTrue();
            }
        }
    }

    @Test
    void whoStopsWithinARequestIsGone() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("POST /stopped HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nhi");
            await().until(() -> targets().contains("/stopped"));
            client.socket().shutdownOutput();

            assertThat(client.isClosedByPeer()).isTrue();
        }
        await().until(() -> proxy.metrics.inFlight.get() == 0);
    }

    @Test
    void toAnOldViewerAnAnswerOfUnknownLengthEndsWithTheConnection() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("GET /chunked HTTP/1.0\r\n" + HOST + "Connection: keep-alive\r\n\r\n");
            RawClient.Response response = client.response();

            assertThat(response.text()).isEqualTo("ok");
            assertThat(response.header("Transfer-Encoding")).isNull();
            assertThat(response.all("Connection")).containsExactly("close");
        }
    }

    @Test
    void toAnOldViewerAnAnswerThatIsCutOffEndsWithAReset() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("GET /cut HTTP/1.0\r\n" + HOST + "\r\n");
            assertThat(client.head()).startsWith("HTTP/1.0 200");
            assertThat(client.in().readNBytes(2)).hasSize(2);
            upstream.last().socket().close();

            assertThatThrownBy(() -> client.in().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void anAnswersLengthIsWrittenAsANumber() throws Exception {
        try (RawUpstream odd = new RawUpstream(
                        (request, out) -> RawUpstream.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 002\r\n\r\nok"));
                TestProxy there = TestProxy.awake(odd)) {
            assertThat(there.get("/").all("Content-Length")).containsExactly("2");
        }
    }
}
