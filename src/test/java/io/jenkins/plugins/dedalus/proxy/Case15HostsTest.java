package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Case 15: only previews' own hosts and those below them route, and nobody but us says who the viewer is. */
class Case15HostsTest {
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
                "pr-1.previews.example.net",
                "PR-1.Previews.Example.NET",
                "pr-1.previews.example.net.",
                "pr-1.previews.example.net:8080",
                "pr-1.previews.example.net.:443",
            })
    void case15_spellingsOfTheExactHostRoute(String host) throws Exception {
        assertThat(RawClient.get(proxy.port, host, "/").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evilpreviews.example.net",
                "pr-1.evilpreviews.example.net",
                "pr-1.previews.example.net.evil.example",
                "xpr-1.previews.example.net",
                "-pr-1.previews.example.net",
                "--pr-1.previews.example.net",
                "pr-1--x.previews.example.net",
                "tenant--pr-1.previews.example.net",
                "pr-11.previews.example.net",
                "previews.example.net",
                "127.0.0.1",
                "localhost",
            })
    void case15_anUnknownHostGetsAPlain404(String host) throws Exception {
        int before = upstream.requests().size();

        RawClient.Response response = RawClient.get(proxy.port, host, "/", "Accept: text/html");

        assertThat(response.status()).isEqualTo(404);
        assertThat(response.header("Content-Type")).startsWith("text/plain");
        assertThat(response.text()).doesNotContain("previews.example.net");
        assertThat(upstream.requests()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Tenant.PR-1.previews.example.net:8443",
                "tenant.pr-1.previews.example.net",
                "a.tenant.pr-1.previews.example.net",
            })
    void hostsBelowAPreviewsOwnLeadToIt(String host) throws Exception {
        RawClient.Response page = RawClient.get(proxy.port, host, "/", "Referer: http://" + host + "/.dedalus/share/s");

        assertThat(page.status()).isEqualTo(200);
        assertThat(upstream.last().all("X-Forwarded-Host")).containsExactly(host);
        assertThat(upstream.last().header("Referer")).isEqualTo("http://" + host + "/");

        // The app tells tenants by the host, so a form may not hide it; the story is the viewer's all through.
        RawClient.get(proxy.port, host, "/form", "Origin: http://" + host, "Sec-Fetch-Site: same-origin");
        assertThat(upstream.last().all("X-Forwarded-Host")).containsExactly(host);
        assertThat(upstream.last().header("Origin")).isEqualTo("http://" + host);
        assertThat(upstream.last().all("Host")).containsExactly("127.0.0.1:" + upstream.port());
    }

    @Test
    void aPreviewsOwnHostIsNeverBelowAnothers() throws Exception {
        try (RawUpstream other = RawUpstream.saying("the api")) {
            String host = "pr-2--pr-1.previews.example.net";
            proxy.directory.put(
                    TestProxy.route(host, TestProxy.MACHINE, other.uri()).build());

            assertThat(RawClient.get(proxy.port, host, "/").text()).isEqualTo("the api");
            assertThat(RawClient.get(proxy.port, "t." + host, "/").text()).isEqualTo("the api");
            proxy.directory.remove(host);
            // Or a page of the other preview that is still open in a browser would be one of this preview's.
            assertThat(RawClient.get(proxy.port, host, "/").status()).isEqualTo(404);
        }
    }

    @Test
    void case15_forwardedHeadersOfTheViewerNeitherRouteNorArrive() throws Exception {
        RawClient.Response response = RawClient.get(
                proxy.port,
                "unknown.example.net",
                "/",
                "X-Forwarded-Host: " + TestProxy.HOST,
                "Forwarded: host=" + TestProxy.HOST,
                "X-PR-Number: 1");
        assertThat(response.status()).isEqualTo(404);

        RawClient.get(
                proxy.port,
                TestProxy.HOST + ":8443",
                "/",
                "X-Forwarded-Host: evil.example",
                "X-Forwarded-For: 1.2.3.4",
                "x-forwarded-proto: https",
                "X-Forwarded-Anything: evil",
                "Forwarded: for=1.2.3.4",
                "X-Real-IP: 1.2.3.4",
                "X-PR-Number: 7");

        RawUpstream.Request seen = upstream.last();
        assertThat(seen.head()).doesNotContain("evil").doesNotContain("1.2.3.4").doesNotContain("X-PR-Number");
        assertThat(seen.all("Host")).containsExactly("127.0.0.1:" + upstream.port());
        assertThat(seen.all("X-Forwarded-Host")).containsExactly(TestProxy.HOST + ":8443");
        assertThat(seen.all("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(seen.all("X-Forwarded-Proto")).containsExactly("http");
        assertThat(seen.all("X-Real-IP")).containsExactly("127.0.0.1");
        assertThat(seen.all("Forwarded"))
                .containsExactly("for=127.0.0.1;host=\"" + TestProxy.HOST + ":8443\";proto=http");
    }

    @Test
    void case15_aTrustedFrontProxyIsBelieved() throws Exception {
        try (TestProxy behind = new TestProxy(
                new FakeWaker().awake(TestProxy.MACHINE),
                settings -> settings.trustedProxies(java.util.List.of("127.0.0.0/8", "10.0.0.0/8")),
                builder -> builder)) {
            behind.route(upstream.uri());

            RawClient.Response response = RawClient.get(
                    behind.port,
                    "front.example.net",
                    "/",
                    "X-PR-Number: 1",
                    "X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3",
                    "X-Forwarded-Proto: https");

            assertThat(response.status()).isEqualTo(200);
            assertThat(upstream.last().all("X-Forwarded-For")).containsExactly("203.0.113.9");
            assertThat(upstream.last().all("X-Forwarded-Proto")).containsExactly("https");
            assertThat(upstream.last().head()).doesNotContain("X-PR-Number");
        }
    }
}
