package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.proxy.header.HeaderPolicy;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.upstream.Upstream;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamPolicy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Case 17: a preview's response acts on nobody but the preview's own host. */
class Case17HostileResponsesTest {
    private RawUpstream upstream;
    private TestProxy proxy;

    private RawClient.Response answered(String... headers) throws Exception {
        upstream = new RawUpstream((request, out) -> RawUpstream.respond(out, 200, "x", headers));
        proxy = TestProxy.awake(upstream);
        return proxy.get("/");
    }

    private RawClient.Response answeredRaw(String response) throws Exception {
        upstream = new RawUpstream((request, out) -> {
            RawUpstream.write(out, response);
            request.socket().close();
        });
        proxy = TestProxy.awake(upstream);
        return proxy.get("/");
    }

    @AfterEach
    void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
            upstream.close();
        }
    }

    @Test
    void case17_cookiesAreHostOnlyAndNeverOurs() throws Exception {
        RawClient.Response response = answered(
                "Set-Cookie: a=1; Domain=previews.example.net; Path=/; HttpOnly",
                "Set-Cookie: b=2; domain = .example.net;Secure",
                "Set-Cookie: c=\"x, y\"; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
                "Set-Cookie: __Host-dedalus-session=stolen; Path=/; Secure",
                "Set-Cookie: __hOsT-DEDALUS-state=x",
                "Set-Cookie: =__Host-dedalus-session=nameless",
                "Set-Cookie: d=domain; Max-Age=1",
                "Set-Cookie2: e=5");

        assertThat(response.all("Set-Cookie"))
                .containsExactly(
                        "a=1; Path=/; HttpOnly",
                        "b=2;Secure",
                        "c=\"x, y\"; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
                        "d=domain; Max-Age=1");
        assertThat(response.header("Set-Cookie2")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Accel-Redirect: /etc/passwd",
                "X-Accel-Buffering: yes",
                "X-Sendfile: /etc/passwd",
                "Alt-Svc: h3=\":443\"; ma=86400",
                "Clear-Site-Data: \"cookies\"",
                "Upgrade: h2c",
                "Keep-Alive: timeout=1",
                "Proxy-Authenticate: Basic",
                "Trailer: X",
                "X-Dedalus-Anything: x",
                "X-Robots-Tag: all",
                "NEL: {}",
                "Report-To: {}",
                "Reporting-Endpoints: default=\"https://evil.example/\"",
                "reporting-endpoints: x=\"/y\"",
                "X-LiteSpeed-Location: /etc/passwd",
                "X-LiteSpeed-Cache-Control: public",
                "X-Accel-Mapping: /=/",
                "X-Accel-Anything: x",
                "X-Sendfile-Type: X-Accel-Redirect",
                "X-Lighttpd-Send-File: /etc/passwd",
            })
    void case17_dangerousHeadersAreDropped(String header) throws Exception {
        RawClient.Response response = answered(header, "X-Fine: kept");

        String name = header.substring(0, header.indexOf(':'));
        assertThat(response.header("X-Fine")).isEqualTo("kept");
        assertThat(response.all(name)).isEqualTo(name.equals("X-Robots-Tag") ? List.of("noindex") : List.of());
    }

    @Test
    void case17_connectionCanNotStripWhatWeSet() throws Exception {
        upstream = new RawUpstream((request, out) -> RawUpstream.respond(
                out,
                200,
                "x",
                "Connection: Set-Cookie, X-Robots-Tag, X-Hop, Content-Length",
                "X-Hop: dropped",
                "Set-Cookie: app=1"));
        Decision admit = new Decision.Admit(
                "ann", Set.of(), Set.of(), List.of(Map.entry("Set-Cookie", "__Host-dedalus-session=new")), null);
        proxy = new TestProxy(
                new FakeWaker().awake(TestProxy.MACHINE),
                settings -> settings,
                builder -> builder.gatekeeper(request -> CompletableFuture.completedStage(admit)));
        proxy.route(upstream.uri());

        RawClient.Response response = proxy.get("/");

        assertThat(response.text()).isEqualTo("x");
        assertThat(response.all("Set-Cookie")).containsExactly("__Host-dedalus-session=new");
        assertThat(response.header("X-Robots-Tag")).isEqualTo("noindex");
        assertThat(response.header("X-Hop")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "http://UPSTREAM/login?next=%2F,http://pr-1.previews.example.net/login?next=%2F",
        "https://UPSTREAM/a,http://pr-1.previews.example.net/a",
        "http://UPSTREAM,http://pr-1.previews.example.net",
        "//UPSTREAM/b,http://pr-1.previews.example.net/b",
        "HTTP://UPSTREAM/upper,http://pr-1.previews.example.net/upper",
        "http://UPSTREAM?q,http://pr-1.previews.example.net?q",
        "http://UPSTREAM#f,http://pr-1.previews.example.net#f",
        "http://127.0.0.1/,http://127.0.0.1/",
        "https://127.0.0.1:443/,https://127.0.0.1:443/",
        "http://UPSTREAM1/,http://UPSTREAM1/",
        "http://UPSTREAM:80/,http://UPSTREAM:80/",
        "http://x@UPSTREAM/,http://x@UPSTREAM/",
        "ftp://UPSTREAM/,ftp://UPSTREAM/",
        "http://UPSTREAM.evil.example/,http://UPSTREAM.evil.example/",
        "http://UPSTREAM@evil.example/,http://UPSTREAM@evil.example/",
        "http://other.example/?u=http://UPSTREAM/,http://other.example/?u=http://UPSTREAM/",
        "/relative,/relative",
        "login,login",
    })
    void case17_locationIsRewrittenOnlyWhenItNamesTheUpstream(String location, String expected) throws Exception {
        upstream = new RawUpstream((request, out) -> {
            String own = request.header("Host");
            RawUpstream.respond(out, 302, "", "Location: " + location.replace("UPSTREAM", own));
        });
        proxy = TestProxy.awake(upstream);

        RawClient.Response response = proxy.get("/");

        assertThat(response.status()).isEqualTo(302);
        assertThat(response.header("Location")).isEqualTo(expected.replace("UPSTREAM", "127.0.0.1:" + upstream.port()));
        assertThat(upstream.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "https://x.dedaluslabs.ai/a,https://VIEWER/a",
        "https://x.dedaluslabs.ai:443/a?b,https://VIEWER/a?b",
        "https://x.dedaluslabs.ai:443,https://VIEWER",
        "https://X.DedalusLabs.ai:443/,https://VIEWER/",
        "https://x.dedaluslabs.ai:/a,https://VIEWER/a",
        "//x.dedaluslabs.ai:443/a,https://VIEWER/a",
        // An app behind a gateway that ends TLS knows of http only.
        "http://x.dedaluslabs.ai/a,https://VIEWER/a",
        "http://x.dedaluslabs.ai:80/a,https://VIEWER/a",
        "https://x.dedaluslabs.ai:80/a,https://x.dedaluslabs.ai:80/a",
        "https://x.dedaluslabs.ai:8443/a,https://x.dedaluslabs.ai:8443/a",
        "https://x.dedaluslabs.ai:4433/a,https://x.dedaluslabs.ai:4433/a",
        "https://x.dedaluslabs.ai:443@evil.example/,https://x.dedaluslabs.ai:443@evil.example/",
        "https://y.dedaluslabs.ai:443/a,https://y.dedaluslabs.ai:443/a",
    })
    void case17_aLocationMayNameThePortThatItsSchemeImplies(String location, String expected) throws Exception {
        HeaderPolicy.Viewer viewer = new HeaderPolicy.Viewer("https", TestProxy.HOST + ":8443", "192.0.2.1");
        Upstream https =
                new UpstreamPolicy(List.of(".dedaluslabs.ai"), false).check(URI.create("https://x.dedaluslabs.ai"));

        assertThat(HeaderPolicy.location(location, viewer, https))
                .isEqualTo(expected.replace("VIEWER", TestProxy.HOST + ":8443"));
    }

    @Test
    void case17_aRewrittenLocationKeepsTheViewersPort() throws Exception {
        upstream = new RawUpstream((request, out) -> {
            String own = "http://" + request.header("Host");
            RawUpstream.respond(out, 201, "", "Location: " + own + "/new", "Content-Location: " + own + "/new.html");
        });
        proxy = TestProxy.awake(upstream);

        RawClient.Response response = RawClient.get(proxy.port, TestProxy.HOST + ":8443", "/");

        assertThat(response.all("Location")).containsExactly("http://" + TestProxy.HOST + ":8443/new");
        assertThat(response.all("Content-Location")).containsExactly("http://" + TestProxy.HOST + ":8443/new.html");
    }

    @Test
    void case17_oversizedHeadersAreABadGateway() throws Exception {
        RawClient.Response response = answered("X-Big: " + "x".repeat(100_000));

        assertThat(response.status()).isEqualTo(502);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
                "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n",
            })
    void case17_malformedResponsesAreABadGateway(String response) throws Exception {
        assertThat(answeredRaw(response).status()).isEqualTo(502);
    }

    @Test
    void case17_aResponseWithLengthAndChunksIsForwardedUnambiguously() throws Exception {
        RawClient.Response response = answeredRaw("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");

        assertThat(response.text()).isEqualTo("hello");
        assertThat(response.header("Content-Length")).isNull();
    }
}
