package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Case 14 over HTTP/2: what would become two readings in HTTP/1.1 behind us is refused, and never forwarded. */
class Case14Http2RequestsTest {
    private static final String HOST = TestProxy.HOST;

    @TempDir
    static Path directory;

    private static RawUpstream upstream;
    private static TestProxy proxy;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        upstream = RawUpstream.saying("reached");
        proxy = TestProxy.awake(upstream);
        port = proxy.tls(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    /** A sound request's fields, without the pseudo headers named {@code but}, and some more. */
    private static String[] fields(String but, String... more) {
        List<String> fields = new ArrayList<>();
        String[] sound = {":method", "GET", ":scheme", "https", ":authority", HOST, ":path", "/"};
        for (int i = 0; i < sound.length; i += 2) {
            if (!sound[i].equals(but)) {
                fields.addAll(List.of(sound[i], sound[i + 1]));
            }
        }
        fields.addAll(List.of(more));
        return fields.toArray(String[]::new);
    }

    private static Arguments with(String what, String... more) {
        return Arguments.of(what, fields("", more));
    }

    /** A sound request but for one pseudo header's value. */
    private static Arguments instead(String name, String value) {
        return Arguments.of(name + " " + value, fields(name, name, value));
    }

    static Stream<Arguments> readInTwoWays() {
        return Stream.of(
                instead(":path", "/a b"),
                instead(":path", "/#fragment"),
                instead(":path", "/\u00e9"),
                instead(":path", "x"),
                instead(":path", "*"),
                instead(":path", "http://other.example.net/"),
                with("two hosts", "host", HOST, "host", HOST),
                Arguments.of("two hosts alone", fields(":authority", "host", HOST, "host", "other.example.net")),
                Arguments.of("no host", fields(":authority")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("readInTwoWays")
    void case14_isAnswered400AndNeverForwarded(String what, String[] fields) throws Exception {
        int before = upstream.requests().size();
        try (RawHttp2 client = new RawHttp2(port)) {
            assertThat(client.await(client.open(true, fields)).status()).isEqualTo(400);

            // The viewer's other streams are none the worse.
            assertThat(client.await(client.get(HOST, "/after")).text()).isEqualTo("reached");
        }
        assertThat(upstream.requests()).hasSize(before + 1);
        assertThat(upstream.last().line()).isEqualTo("GET /after HTTP/1.1");
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                with("LF in a value", "x", "a\ntransfer-encoding: chunked"),
                with("CRLF in a value", "x", "a\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: x"),
                with("CR in a value", "x", "a\rb"),
                with("a folded value", "x", "a\r\n host: other"),
                with("NUL in a value", "x", "a\0b"),
                with("a space in a name", "x y", "a"),
                with("a colon in a name", "x:y", "a"),
                with("CRLF in a name", "x\r\ny", "a"),
                instead(":path", "/ HTTP/1.1\r\nhost: other\r\nx: y"),
                instead(":path", "/a\nb"),
                instead(":path", "/a\0"),
                with("transfer encoding", "transfer-encoding", "chunked"),
                with("transfer encoding and length", "transfer-encoding", "chunked", "content-length", "4"),
                with("connection", "connection", "keep-alive, x"),
                with("keep-alive", "keep-alive", "timeout=5"),
                with("proxy-connection", "proxy-connection", "keep-alive"),
                with("upgrade", "upgrade", "websocket"),
                with("te", "te", "gzip"),
                with("two lengths", "content-length", "1", "content-length", "2"),
                with("a length without a body", "content-length", "5"),
                with("a signed length", "content-length", "+0"),
                with("listed lengths", "content-length", "0, 1"),
                with("an upper case name", "Transfer-Encoding", "chunked"),
                with("an empty name", "", "a"),
                with("another host beside", "host", "other.previews.example.net"),
                instead(":path", ""),
                instead(":authority", ""),
                instead(":authority", "user@" + HOST),
                instead(":authority", HOST + "/x"),
                instead(":authority", HOST + ":99999"),
                instead(":authority", HOST + ", other.example.net"),
                instead(":authority", "a b"),
                instead(":authority", HOST + "\r\nx: y"),
                with("two paths", ":path", "/other"),
                with("two authorities", ":authority", "other.previews.example.net"),
                with("two methods", ":method", "POST"),
                with("a pseudo header of answers", ":status", "200"),
                with("an unknown pseudo header", ":x", "y"),
                Arguments.of("a pseudo header after the others", fields(":path", "x", "y", ":path", "/")),
                Arguments.of("no path", fields(":path")),
                Arguments.of("no method", fields(":method")),
                Arguments.of("no scheme", fields(":scheme")));
    }

    /** RFC 9113, 8.1.1: a malformed request is a stream error. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void case14_isResetAndNeverForwarded(String what, String[] fields) throws Exception {
        int before = upstream.requests().size();
        try (RawHttp2 client = new RawHttp2(port)) {
            RawHttp2.Stream refused = client.await(client.open(true, fields));

            assertThat(refused.reset).isEqualTo(RawHttp2.PROTOCOL_ERROR);
            assertThat(refused.headers).isNull();
        }
        assertThat(upstream.requests()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"G\r\nT", "G\tT", "G T", " GET", "GET ", "G\0T", "G\u00e9T", "G(T", "G:T"})
    void case14_aMethodThatIsNoTokenIsReset(String method) throws Exception {
        int before = upstream.requests().size();
        try (RawHttp2 client = new RawHttp2(port)) {
            RawHttp2.Stream refused = client.await(client.open(true, fields(":method", ":method", method)));

            assertThat(refused.status()).isZero();
            assertThat(refused.reset).isEqualTo(RawHttp2.PROTOCOL_ERROR);
            assertThat(client.await(client.get(HOST, "/after")).text()).isEqualTo("reached");
        }
        assertThat(upstream.requests()).hasSize(before + 1);
    }

    @Test
    void aHostStandsForAMissingAuthority() throws Exception {
        try (RawHttp2 client = new RawHttp2(port)) {
            for (String host :
                    new String[] {HOST, HOST + ":443", HOST.toUpperCase(java.util.Locale.ROOT), HOST + "."}) {
                RawHttp2.Stream answer = client.await(client.open(true, fields(":authority", "host", host)));

                assertThat(answer.status()).as(host).isEqualTo(200);
                assertThat(upstream.last().all("X-Forwarded-Host")).containsExactly(host);
            }
            assertThat(client.await(client.open(true, fields(":authority", "host", HOST + "/x")))
                            .status())
                    .isNotEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "DELETE", "OPTIONS", "POST", "PUT", "PROPFIND", "QUERY"})
    void aBodyThatIsNotAnnouncedArrives(String method) throws Exception {
        try (RawUpstream echo = new RawUpstream((request, out) ->
                        RawUpstream.respond(out, 200, new String(request.body(), StandardCharsets.US_ASCII)));
                TestProxy there = TestProxy.awake(echo);
                RawHttp2 client = new RawHttp2(there.tls(Files.createTempDirectory(directory, "own")))) {
            int stream = client.open(false, fields(":method", ":method", method));
            client.data(stream, "he".getBytes(StandardCharsets.US_ASCII), false);
            client.data(stream, "llo".getBytes(StandardCharsets.US_ASCII), true);

            assertThat(client.await(stream).text()).isEqualTo("hello");
            assertThat(echo.last().method()).isEqualTo(method);
        }
    }

    @Test
    void anEmptyPostSaysThatItIsEmpty() throws Exception {
        try (RawHttp2 client = new RawHttp2(port)) {
            for (String method : new String[] {"POST", "PUT", "PATCH"}) {
                assertThat(client.await(client.open(true, fields(":method", ":method", method)))
                                .text())
                        .isEqualTo("reached");
                assertThat(upstream.last().all("Content-Length")).containsExactly("0");
                assertThat(upstream.last().all("Transfer-Encoding")).isEmpty();
            }
            for (String method : new String[] {"GET", "DELETE", "OPTIONS"}) {
                client.await(client.open(true, fields(":method", ":method", method)));
                assertThat(upstream.last().all("Content-Length")).isEmpty();
                assertThat(upstream.last().all("Transfer-Encoding")).isEmpty();
            }
        }
    }

    @Test
    void case14_aLengthWithZerosInFrontArrivesAsANumberOrNotAtAll() throws Exception {
        try (RawHttp2 client = new RawHttp2(port)) {
            int stream = client.open(false, fields(":method", ":method", "POST", "content-length", "03"));
            client.data(stream, new byte[3], true);

            if (client.await(stream).status() == 200) {
                assertThat(upstream.last().all("Content-Length")).containsExactly("3");
            }
            assertThat(upstream.requests()).allSatisfy(request -> assertThat(request.all("Content-Length"))
                    .doesNotContain("03"));
        }
    }

    @Test
    void case14_aMethodThatHoldsARequestEndsTheConnection() throws Exception {
        int before = upstream.requests().size();
        try (RawHttp2 client = new RawHttp2(port)) {
            RawHttp2.Stream refused = client.await(
                    client.open(true, fields(":method", ":method", "GET /x HTTP/1.1\r\nhost: other\r\n\r\nGET")));

            assertThat(refused.status()).isZero();
        }
        assertThat(upstream.requests()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 9})
    void case14_aBodyOfAnotherLengthThanAnnouncedIsNeverARequestUpstream(int announced) throws Exception {
        byte[] body = "GET /s".getBytes(StandardCharsets.US_ASCII);
        try (RawHttp2 client = new RawHttp2(port)) {
            int stream = client.open(
                    false, fields(":method", ":method", "POST", "content-length", Integer.toString(announced)));
            client.data(stream, body, true);

            assertThat(client.await(stream).status()).isZero();
            assertThat(client.await(stream).reset).isEqualTo(RawHttp2.PROTOCOL_ERROR);
            assertThat(client.await(client.get(HOST, "/after")).text()).isEqualTo("reached");
        }
        assertThat(upstream.last().line()).isEqualTo("GET /after HTTP/1.1");
        assertThat(proxy.metrics.replayed.get()).isZero();
    }

    @Test
    void case14_aLengthThatFitsIsSentOnOnce() throws Exception {
        try (RawHttp2 client = new RawHttp2(port)) {
            int stream = client.open(false, fields(":method", ":method", "POST", "content-length", "3"));
            client.data(stream, new byte[3], true);

            assertThat(client.await(stream).text()).isEqualTo("reached");
        }
        assertThat(upstream.last().all("Content-Length")).containsExactly("3");
        assertThat(upstream.last().all("Transfer-Encoding")).isEmpty();
    }
}
