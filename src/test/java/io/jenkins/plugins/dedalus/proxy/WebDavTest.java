package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses in headers other than Location: those that name us are the upstream's upstream, and the other way round. */
class WebDavTest {
    private static final String OURS = "http://" + TestProxy.HOST;

    private RawUpstream upstream;
    private TestProxy proxy;
    private String theirs;
    private volatile String answer = "X: y";

    @BeforeEach
    void start() throws Exception {
        upstream = new RawUpstream((request, out) -> {
            request.body();
            RawUpstream.respond(out, 200, "x", answer);
        });
        proxy = TestProxy.awake(upstream);
        theirs = "http://127.0.0.1:" + upstream.port();
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    private RawUpstream.Request sent(String method, String header) throws Exception {
        RawClient.once(
                proxy.port,
                method + " /a HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: 0\r\n" + header + "\r\n\r\n");
        return upstream.last();
    }

    @ParameterizedTest
    @CsvSource({"MOVE,/b%20c", "COPY,/dir/", "MOVE,''", "MOVE,?x", "COPY,//b"})
    void aDestinationHereIsADestinationThere(String method, String path) throws Exception {
        assertThat(sent(method, "Destination: " + OURS + path).all("Destination"))
                .containsExactly(theirs + path);
        assertThat(sent(method, "destination: " + OURS + ":80" + path).all("Destination"))
                .containsExactly(theirs + path);
    }

    @ParameterizedTest
    @CsvSource({
        "/b",
        "http://pr-2.previews.example.net/b",
        "http://pr-1.previews.example.net.evil.example/b",
        "http://pr-1.previews.example.net:81/b",
        "http://pr-1.previews.example.net@evil.example/b",
        "ftp://pr-1.previews.example.net/b"
    })
    void aDestinationElsewhereStays(String destination) throws Exception {
        assertThat(sent("MOVE", "Destination: " + destination).all("Destination"))
                .containsExactly(destination);
    }

    @Test
    void addressesInAnIfAreMapped() throws Exception {
        assertThat(sent(
                                "PUT",
                                "If: <" + OURS
                                        + "/a> (<urn:uuid:1> [\"e\"]) <http://other.example/b> (Not <DAV:no-lock>) <"
                                        + OURS + "> (<urn:uuid:2>)")
                        .all("If"))
                .containsExactly("<" + theirs
                        + "/a> (<urn:uuid:1> [\"e\"]) <http://other.example/b> (Not <DAV:no-lock>) <" + theirs
                        + "> (<urn:uuid:2>)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Refresh: 5; url=THEIRS/x | Refresh: 5; url=OURS/x",
                "Refresh: 5;URL='THEIRS' | Refresh: 5;URL='OURS'",
                "Link: <THEIRS/a.css>; rel=preload, <THEIRS/b.js>; rel=preload | Link: <OURS/a.css>; rel=preload, <OURS/b.js>; rel=preload",
                "Link: <THEIRS.evil.example/>; rel=next | Link: <THEIRS.evil.example/>; rel=next",
                "Link: <https://other.example/?THEIRS1>; rel=x | Link: <https://other.example/?THEIRS1>; rel=x",
                "Content-Security-Policy: default-src THEIRS; connect-src WSTHEIRS AUTHORITY 'self' | Content-Security-Policy: default-src OURS; connect-src ws://HOST HOST 'self'",
                "Access-Control-Allow-Origin: THEIRS | Access-Control-Allow-Origin: OURS",
                "Access-Control-Allow-Origin: https://other.example | Access-Control-Allow-Origin: https://other.example",
                "SourceMap: THEIRS/app.js.map | SourceMap: OURS/app.js.map",
                "X-App: THEIRS/x | X-App: THEIRS/x"
            })
    void addressesInAnswersAreTheViewers(String said, String arrives) throws Exception {
        String authority = theirs.substring("http://".length());
        answer = said.replace("WSTHEIRS", "ws://" + authority)
                .replace("THEIRS", theirs)
                .replace("AUTHORITY", authority);
        String expected =
                arrives.replace("THEIRS", theirs).replace("OURS", OURS).replace("HOST", TestProxy.HOST);
        int colon = expected.indexOf(": ");

        assertThat(proxy.get("/").all(expected.substring(0, colon))).containsExactly(expected.substring(colon + 2));
    }
}
