package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes beside a head: fields behind a body, both ways, and hints before an answer. */
class TrailersTest {
    private static final String HOST = TestProxy.HOST;
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";

    @TempDir
    Path directory;

    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    private volatile String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private RawUpstream upstream;
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        upstream = new RawUpstream((request, out) -> {
            if (request.header("Transfer-Encoding") != null) {
                // Up to the empty line, trailers too.
                bodies.add(RawClient.readHead(request.in()));
            }
            RawUpstream.write(out, answer);
        });
        proxy = TestProxy.awake(upstream);
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    /** What a viewer by HTTP/1.1 gets behind the head, up to the empty line. */
    private String body() throws Exception {
        try (RawClient client = proxy.client().get(HOST, "/")) {
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            return RawClient.readHead(client.in());
        }
    }

    @Test
    void anAnswersTrailersArrive() throws Exception {
        answer = CHUNKED
                + "Trailer: X-Sum, Set-Cookie\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nServer-Timing: db;dur=5\r\n\r\n";

        String behind = "2\r\nok\r\n0\r\nX-Sum: 1\r\nServer-Timing: db;dur=5\r\n\r\n";
        try (RawClient client = proxy.client()) {
            client.get(HOST, "/", "TE: trailers");
            assertThat(client.head()).contains("\r\nTrailer: X-Sum\r\n");
            assertThat(RawClient.readHead(client.in())).isEqualTo(behind);
            assertThat(upstream.last().header("TE")).isEqualTo("trailers");
            assertThat(upstream.last().header("Connection")).isEqualTo("TE");

            client.get(HOST, "/");
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            assertThat(RawClient.readHead(client.in())).isEqualTo(behind);
            assertThat(upstream.last().header("TE")).isNull();
        }
        assertThat(upstream.accepted()).as("the connection is good").isEqualTo(1);
        assertThat(RawClient.once(proxy.port, "GET / HTTP/1.0\r\nHost: " + HOST + "\r\n\r\n")
                        .text())
                .as("HTTP/1.0 knows none")
                .isEqualTo("ok");
        try (RawHttp2 client = new RawHttp2(proxy.tls(directory))) {
            RawHttp2.Stream stream = client.await(client.get(HOST, "/"));

            assertThat(stream.text()).isEqualTo("ok");
            assertThat(stream.trailers)
                    .extracting(field -> field.getKey() + ": " + field.getValue())
                    .containsExactly("x-sum: 1", "server-timing: db;dur=5");
        }
    }

    @Test
    void aRequestsTrailersArrive() throws Exception {
        String chunks = "POST / HTTP/1.1\r\nHost: " + HOST
                + "\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum, Host\r\n\r\n" + "2\r\nhi\r\n0\r\n";
        assertThat(RawClient.once(proxy.port, chunks + "X-Sum: 1\r\nHost: evil\r\n\r\n")
                        .text())
                .isEqualTo("ok");
        assertThat(bodies.take()).isEqualTo("2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n");
        assertThat(upstream.last().header("Trailer")).isEqualTo("X-Sum");

        // Whose they are is not forgotten where several requests come at once.
        try (RawClient client = proxy.client()) {
            client.send(chunks + "X-Sum: 2\r\n\r\n" + chunks + "\r\n");
            assertThat(client.response().text()).isEqualTo("ok");
            assertThat(client.response().text()).isEqualTo("ok");
        }
        assertThat(bodies.take()).endsWith("0\r\nX-Sum: 2\r\n\r\n");
        assertThat(bodies.take()).endsWith("0\r\n\r\n").doesNotContain("X-Sum");

        try (RawHttp2 client = new RawHttp2(proxy.tls(directory))) {
            int stream = client.post(HOST, "/");
            client.data(stream, "hi".getBytes(StandardCharsets.US_ASCII), false);
            client.frame(
                    RawHttp2.HEADERS,
                    RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
                    stream,
                    RawHttp2.fields("x-sum", "3", "cookie", "a=b"));

            assertThat(client.await(stream).text()).isEqualTo("ok");
            assertThat(bodies.take()).isEqualTo("2\r\nhi\r\n0\r\nx-sum: 3\r\n\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length",
                "Transfer-Encoding",
                "Host",
                "Connection",
                "Cookie",
                "Set-Cookie",
                "Authorization",
                "Content-Type",
                "Content-Encoding",
                "X-Forwarded-For",
                "X_Forwarded_For",
                "X-Real-IP",
                "CF-Connecting-IP",
                "X-Dedalus-Bypass",
                "X-Accel-Redirect",
                "Location",
                "Access-Control-Allow-Origin",
                "Cache-Control",
                "X-HTTP-Method-Override",
                "X-LiteSpeed-Location",
                "X-Lighttpd-Send-File",
                "X-Inertia-Location",
                "Public-Key-Pins"
            })
    void whatHasNoBusinessBehindABodyIsDropped(String name) throws Exception {
        answer = CHUNKED + "\r\n0\r\n" + name + ": 7\r\nContent-Digest: sha-256=:x:\r\n\r\n";

        String got = body();

        if (got != null) {
            assertThat(got).isEqualTo("0\r\nContent-Digest: sha-256=:x:\r\n\r\n");
        }
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        try (RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: " + HOST + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + name
                    + ": 7\r\nContent-Digest: sha-256=:x:\r\n\r\n");
            if (client.response().status() == 200) {
                assertThat(bodies.take()).isEqualTo("0\r\nContent-Digest: sha-256=:x:\r\n\r\n");
            }
        }
    }

    @Test
    void earlyHintsArriveBeforeTheAnswerOverHttp2() throws Exception {
        CountDownLatch hinted = new CountDownLatch(1);
        try (RawUpstream app = new RawUpstream((request, out) -> {
                    RawUpstream.write(
                            out,
                            "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: <http://"
                                    + request.header("Host") + "/b.js>; rel=preload\r\nSet-Cookie: a=b\r\n\r\n");
                    hinted.await(1, TimeUnit.MINUTES);
                    // More would only fill the memory of whoever passes them on.
                    RawUpstream.write(out, "HTTP/1.1 103 Early Hints\r\nLink: </c.css>; rel=preload\r\n\r\n");
                    RawUpstream.respond(out, 200, "page");
                });
                TestProxy there = TestProxy.awake(app);
                RawHttp2 client = new RawHttp2(there.tls(directory))) {
            int number = client.get(HOST, "/");
            RawHttp2.Stream stream = client.stream(number);
            while (stream.interim.isEmpty() && !stream.over()) {
                assertThat(client.read()).isNotNull();
            }

            assertThat(stream.interim).hasSize(1);
            assertThat(stream.interim.get(0))
                    .extracting(Map.Entry::getKey, Map.Entry::getValue)
                    .extracting(
                            pair -> pair.toList().get(0) + ": " + pair.toList().get(1))
                    .containsExactly(
                            ":status: 103",
                            "link: </a.css>; rel=preload",
                            "link: <https://" + HOST + "/b.js>; rel=preload");
            hinted.countDown();
            assertThat(client.await(number).text()).isEqualTo("page");
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.interim).as("the first one is enough").hasSize(1);
        }
    }

    @Test
    void earlyHintsThatAreTooLongAreLeftOut() throws Exception {
        try (RawUpstream app = new RawUpstream((request, out) -> {
                    String link = "Link: </" + "a".repeat(9_000) + ".css>; rel=preload\r\n";
                    RawUpstream.write(out, "HTTP/1.1 103 Early Hints\r\n" + link + "\r\n");
                    RawUpstream.respond(out, 200, "page");
                });
                TestProxy there = TestProxy.awake(app);
                RawHttp2 client = new RawHttp2(there.tls(directory))) {
            RawHttp2.Stream stream = client.await(client.get(HOST, "/"));

            assertThat(stream.text()).isEqualTo("page");
            assertThat(stream.interim).isEmpty();
        }
    }
}
