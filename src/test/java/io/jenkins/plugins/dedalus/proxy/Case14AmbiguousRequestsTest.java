package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Case 14: what two parsers could read in two ways is refused, and never forwarded. */
class Case14AmbiguousRequestsTest {
    private static final String HOST = "Host: " + TestProxy.HOST + "\r\n";

    private static RawUpstream upstream;
    private static TestProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        upstream = RawUpstream.saying("reached");
        proxy = TestProxy.awake(upstream);
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // content length and transfer encoding, either order
                "POST / HTTP/1.1\r\n#Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\n#Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
                // two lengths, signed, listed or odd lengths
                "POST / HTTP/1.1\r\n#Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "POST / HTTP/1.1\r\n#Content-Length: +1\r\n\r\na",
                "POST / HTTP/1.1\r\n#Content-Length: -1\r\n\r\na",
                "POST / HTTP/1.1\r\n#Content-Length: 1, 2\r\n\r\na",
                "POST / HTTP/1.1\r\n#Content-Length: 0x1\r\n\r\na",
                "POST / HTTP/1.1\r\n#Content-Length:\r\n\r\na",
                // transfer encodings that somebody else might not see
                "POST / HTTP/1.1\r\n#Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\n#Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.0\r\n#Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                // hosts
                "GET / HTTP/1.1\r\n##\r\n",
                "GET / HTTP/1.1\r\n#Host: other.previews.example.net\r\n\r\n",
                "GET / HTTP/1.1\r\nX: y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: user@" + TestProxy.HOST + "\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: " + TestProxy.HOST + "/x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: " + TestProxy.HOST + ":99999\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: " + TestProxy.HOST + ", other.example.net\r\n\r\n",
                // an absolute target that names somebody else
                "GET http://other.previews.example.net/ HTTP/1.1\r\n#\r\n",
                "GET http://user@" + TestProxy.HOST + "/ HTTP/1.1\r\n#\r\n",
                "GET ftp://" + TestProxy.HOST + "/ HTTP/1.1\r\n#\r\n",
                "GET x HTTP/1.1\r\n#\r\n",
                "GET * HTTP/1.1\r\n#\r\n",
                // line ends and control characters where they don't belong
                "GET / HTTP/1.1\r\n#X: a\rb\r\n\r\n",
                "GET / HTTP/1.1\r\n#X: a\nTransfer-Encoding: chunked\r\n\r\n",
                "GET / HTTP/1.1\r\n#X: a\0b\r\n\r\n",
                "GET / HTTP/1.1\n#\n",
                "GET / HTTP/1.1\r\n#X Y: a\r\n\r\n",
                "GET / HTTP/1.1\r\n#: a\r\n\r\n",
                "GET / HTTP/1.1\r\n#no colon\r\n\r\n",
                "GET /a b HTTP/1.1\r\n#\r\n",
            })
    void case14_isAnswered400AndNeverForwarded(String template) throws Exception {
        int before = upstream.requests().size();

        RawClient.Response response = RawClient.once(proxy.port, template.replace("#", HOST));

        assertThat(response.status()).isEqualTo(400);
        assertThat(upstream.requests()).hasSize(before);
    }

    @Test
    void case14_anUnknownVersionIsNeverForwarded() throws Exception {
        int before = upstream.requests().size();

        assertThat(RawClient.once(proxy.port, "GET / HTTP/9.9\r\n" + HOST + "\r\n")
                        .status())
                .isIn(501, 505);
        assertThat(upstream.requests()).hasSize(before);
    }

    @Test
    void case14_aSmuggledSecondRequestIsNeverRead() throws Exception {
        int before = upstream.requests().size();
        try (RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "0\r\n\r\nGET /smuggled HTTP/1.1\r\n" + HOST + "\r\n");

            assertThat(client.response().status()).isEqualTo(400);
            assertThat(client.isClosedByPeer()).isTrue();
        }
        assertThat(upstream.requests()).hasSize(before);
    }

    @Test
    void case14_obsoleteFoldingBecomesOneLine() throws Exception {
        RawClient.Response response =
                RawClient.once(proxy.port, "GET / HTTP/1.1\r\n" + HOST + "X-Folded: one\r\n   two\r\n\r\n");

        assertThat(response.status()).isEqualTo(200);
        assertThat(upstream.last().all("X-Folded")).containsExactly("one two");
    }

    @Test
    void case14_anAbsoluteTargetThatNamesTheHostIsForwardedAsItsPath() throws Exception {
        RawClient.Response response =
                RawClient.once(proxy.port, "GET http://" + TestProxy.HOST + "/a//b?c HTTP/1.1\r\n" + HOST + "\r\n");

        assertThat(response.status()).isEqualTo(200);
        assertThat(upstream.last().target()).isEqualTo("/a//b?c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT " + TestProxy.HOST + ":443", "TRACE /"})
    void case14_methodsThatAreNotForwarded(String start) throws Exception {
        int before = upstream.requests().size();

        RawClient.Response response = RawClient.once(proxy.port, start + " HTTP/1.1\r\n" + HOST + "\r\n");

        assertThat(response.status()).isEqualTo(405);
        assertThat(upstream.requests()).hasSize(before);
    }

    @Test
    void case14_oversizedHeadsAreRefused() throws Exception {
        String big = "x".repeat(40_000);

        assertThat(RawClient.once(proxy.port, "GET / HTTP/1.1\r\n" + HOST + "X: " + big + "\r\n\r\n")
                        .status())
                .isEqualTo(431);
        assertThat(RawClient.once(proxy.port, "GET /" + big + " HTTP/1.1\r\n" + HOST + "\r\n")
                        .status())
                .isEqualTo(414);
    }
}
