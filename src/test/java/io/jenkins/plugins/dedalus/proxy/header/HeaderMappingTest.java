package io.jenkins.plugins.dedalus.proxy.header;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.proxy.FakeWaker;
import io.jenkins.plugins.dedalus.proxy.RawClient;
import io.jenkins.plugins.dedalus.proxy.RawUpstream;
import io.jenkins.plugins.dedalus.proxy.TestProxy;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.upstream.Upstream;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamPolicy;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The paragraphs below the cases: how request headers are rebuilt, and what an upstream never sees. */
class HeaderMappingTest {
    private RawUpstream upstream;
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        upstream = new RawUpstream((request, out) -> {
            String origin = request.header("Origin");
            RawUpstream.respond(out, 200, "x", origin == null ? "X: y" : "Access-Control-Allow-Origin: " + origin);
        });
        proxy = TestProxy.awake(upstream);
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    @Test
    void hostIsTheUpstreamsAndOursTravelsBeside() throws Exception {
        proxy.get("/");

        assertThat(upstream.last().all("Host")).containsExactly("127.0.0.1:" + upstream.port());
        assertThat(upstream.last().all("X-Forwarded-Host")).containsExactly(TestProxy.HOST);
    }

    @Test
    void theSchemesOwnPortIsNoOtherPort() {
        HeaderPolicy.Viewer viewer = new HeaderPolicy.Viewer("https", "pr-1.previews.example.net", "192.0.2.1");
        Upstream upstream = new UpstreamPolicy(List.of(".dedaluslabs.ai"), false)
                .check(java.net.URI.create("https://p-1.dedaluslabs.ai"));
        assertThat(HeaderPolicy.location("https://p-1.dedaluslabs.ai:443/a?b", viewer, upstream))
                .isEqualTo("https://pr-1.previews.example.net/a?b");
        assertThat(HeaderPolicy.location("http://p-1.dedaluslabs.ai:80", viewer, upstream))
                .isEqualTo("https://pr-1.previews.example.net");
        for (String elsewhere : List.of(
                "https://p-1.dedaluslabs.ai:4433/",
                "https://p-1.dedaluslabs.ai:80/",
                "https://p-1.dedaluslabs.ai:443.evil.example/",
                "https://p-1.dedaluslabs.ai:443@evil.example/")) {
            assertThat(HeaderPolicy.location(elsewhere, viewer, upstream)).isEqualTo(elsewhere);
        }
    }

    @Test
    void namesThatAppsTakeForOursDoNotPass() throws Exception {
        proxy.get("/", "X_Forwarded_For: 1.2.3.4", "X-Forwarded_Host: evil.example", "X_Real_IP: 1.2.3.4", "My_Own: 1");

        assertThat(upstream.last().all("X-Forwarded-For")).hasSize(1);
        for (String twin : List.of("X_Forwarded_For", "X-Forwarded_Host", "X_Real_IP")) {
            assertThat(upstream.last().all(twin)).as(twin).isEmpty();
        }
        assertThat(upstream.last().header("My_Own")).isEqualTo("1");
    }

    private static final List<String> ADDRESS_CLAIMS = List.of(
            "Client-IP",
            "CF-Connecting-IP",
            "X-Cluster-Client-IP",
            "Fastly-Client-IP",
            "True-Client-IP",
            "X-Client-IP",
            "Fly-Client-IP",
            "X-Original-Forwarded-For",
            "X-Envoy-External-Address");

    private static final List<String> HOST_CLAIMS = List.of("X-Host", "X-Original-Host", "X-HTTP-Host-Override");

    private String[] claims(String address, String host, UnaryOperator<String> spelling) {
        return Stream.concat(
                        ADDRESS_CLAIMS.stream().map(name -> spelling.apply(name) + ": " + address),
                        HOST_CLAIMS.stream().map(name -> spelling.apply(name) + ": " + host))
                .toArray(String[]::new);
    }

    private void noneArrived(String value) {
        assertThat(upstream.last().head()).doesNotContain(value);
    }

    @Test
    void whatOnlyAFrontProxyMayClaimIsDroppedFromAnybodyElse() throws Exception {
        for (UnaryOperator<String> spelling : List.<UnaryOperator<String>>of(
                UnaryOperator.identity(),
                name -> name.toLowerCase(Locale.ROOT),
                name -> name.toUpperCase(Locale.ROOT),
                name -> name.replace('-', '_'))) {
            proxy.get("/", claims("198.51.100.7", "evil.example", spelling));
            noneArrived("198.51.100.7");
            noneArrived("evil.example");
        }
        proxy.get("/", "X-Original-URL: /admin", "X-Rewrite-URL: /admin", "X_Override_URL: /admin");
        noneArrived("/admin");
    }

    @Test
    void aTrustedProxysClaimsPassUnlessTheyContradictIt() throws Exception {
        try (TestProxy behind = new TestProxy(
                new FakeWaker().awake(TestProxy.MACHINE),
                settings -> settings.trustedProxies(List.of("127.0.0.1")),
                builder -> builder)) {
            behind.route(upstream.uri());

            behind.get("/", "CF-Connecting-IP: 203.0.113.9");
            assertThat(upstream.last().all("CF-Connecting-IP")).containsExactly("203.0.113.9");

            behind.get("/", claims("203.0.113.9", TestProxy.HOST, name -> name));
            ADDRESS_CLAIMS.forEach(
                    name -> assertThat(upstream.last().all(name)).as(name).containsExactly("203.0.113.9"));
            HOST_CLAIMS.forEach(
                    name -> assertThat(upstream.last().all(name)).as(name).containsExactly(TestProxy.HOST));

            // A proxy that knows nothing of these passes on what viewers send.
            String[] spoofed = claims("198.51.100.7", "evil.example", name -> name);
            String[] all = java.util.Arrays.copyOf(spoofed, spoofed.length + 1);
            all[spoofed.length] = "X-Forwarded-For: 203.0.113.9";
            behind.get("/", all);
            noneArrived("198.51.100.7");
            noneArrived("evil.example");
            behind.get("/", "Client-IP: 203.0.113.9", "Client-IP: 198.51.100.7");
            noneArrived("198.51.100.7");
            behind.get("/", "Client_IP: 198.51.100.7");
            noneArrived("198.51.100.7");
            // What the viewer spells otherwise stands beside what the proxy says; many apps read the last one.
            behind.get("/", "Client-IP: 203.0.113.9", "Client_IP: 198.51.100.7", "X-Scheme: https", "X_Scheme: gopher");
            noneArrived("198.51.100.7");
            noneArrived("gopher");
            assertThat(upstream.last().all("Client-IP")).containsExactly("203.0.113.9");
        }
    }

    @Test
    void aPageWithoutTlsIsNoPageOfAPreviewWithTls() throws Exception {
        try (TestProxy behind = new TestProxy(
                new FakeWaker().awake(TestProxy.MACHINE),
                settings -> settings.trustedProxies(List.of("127.0.0.1")),
                builder -> builder)) {
            behind.route(upstream.uri());
            String tls = "X-Forwarded-Proto: https";
            String plain = "http://" + TestProxy.HOST;

            behind.get("/", tls, "Origin: " + plain, "Referer: " + plain + "/page");
            assertThat(upstream.last().header("Origin")).isEqualTo(plain);
            assertThat(upstream.last().header("Referer")).isEqualTo(plain + "/page");
            assertThat(upstream.last().header("X-Forwarded-Host")).isEqualTo(TestProxy.HOST);

            behind.get("/", tls, "Referer: " + plain + "/.dedalus/share/secret");
            assertThat(upstream.last().header("Referer")).isEqualTo(plain + "/");
            behind.get("/", tls, "Origin: https://" + TestProxy.HOST);
            assertThat(upstream.last().header("Origin"))
                    .isEqualTo("http://" + upstream.uri().getAuthority());
            // A front proxy that says nothing about TLS may well end it.
            behind.get("/", "Origin: https://" + TestProxy.HOST);
            assertThat(upstream.last().header("Origin"))
                    .isEqualTo("http://" + upstream.uri().getAuthority());
        }
    }

    @Test
    void originAndRefererThatNameUsAreMappedAndOthersStay() throws Exception {
        String own = "http://127.0.0.1:" + upstream.port();

        RawClient.Response response =
                proxy.get("/", "Origin: http://" + TestProxy.HOST, "Referer: http://" + TestProxy.HOST + "/a?b=c");
        assertThat(upstream.last().all("Origin")).containsExactly(own);
        assertThat(upstream.last().all("Referer")).containsExactly(own + "/a?b=c");
        assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo("http://" + TestProxy.HOST);

        for (String other : List.of(
                "http://pr-2.previews.example.net",
                "http://" + TestProxy.HOST + ".evil.example",
                "http://" + TestProxy.HOST + ":1",
                "null")) {
            response = proxy.get("/", "Origin: " + other, "Referer: " + other + "/");
            assertThat(upstream.last().all("Origin")).containsExactly(other);
            assertThat(upstream.last().all("Referer")).containsExactly(other + "/");
            assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo(other);
        }
    }

    @Test
    void hopByHopAndListedHeadersAreDropped() throws Exception {
        proxy.get(
                "/",
                "Connection: keep-alive, X-Hop , x-other",
                "X-Hop: 1",
                "X-Other: 2",
                "Keep-Alive: timeout=5",
                "Proxy-Authorization: Basic eDp5",
                "Proxy-Connection: keep-alive",
                "Proxy: http://evil.example",
                "TE: deflate",
                "Upgrade: h2c",
                "HTTP2-Settings: AAMAAABk",
                "X-Kept: 3");

        RawUpstream.Request seen = upstream.last();
        assertThat(seen.header("X-Kept")).isEqualTo("3");
        for (String dropped : List.of(
                "X-Hop",
                "X-Other",
                "Keep-Alive",
                "Proxy-Authorization",
                "Proxy-Connection",
                "Proxy",
                "TE",
                "Upgrade")) {
            assertThat(seen.all(dropped)).as(dropped).isEmpty();
        }
        assertThat(seen.all("HTTP2-Settings")).isEmpty();
    }

    @Test
    void otherCookiesStayByteForByteInOneHeader() throws Exception {
        proxy.get("/", "Cookie: a=1; b=\"x y\";c=;  d", "Cookie: e==f; a=2");
        assertThat(upstream.last().all("Cookie")).containsExactly("a=1; b=\"x y\"; c=; d; e==f; a=2");

        proxy.get("/", "Cookie: odd;;  spacing=1 ;x");
        assertThat(upstream.last().all("Cookie")).containsExactly("odd;;  spacing=1 ;x");
    }

    @Test
    void case20_ourCookiesAndJenkinsSessionCrumbsAndKeysAreNeverSeenUpstream() throws Exception {
        proxy.get(
                "/",
                "Cookie: a=1; __Host-dedalus-session=secret; __HOST-dedalus-state=secret; JSESSIONID.1a2b3c4d=secret; b=2",
                "Cookie: =__Host-dedalus-session=secret; ACEGI_SECURITY_HASHED_REMEMBER_ME_COOKIE=secret; JSESSIONID=app",
                "Jenkins-Crumb: secret",
                "X-Dedalus-Bypass: secret",
                "x-dedalus-share: secret");

        assertThat(upstream.last().head()).doesNotContain("secret");
        assertThat(upstream.last().all("Cookie")).containsExactly("a=1; b=2; JSESSIONID=app");
    }

    @Test
    void case20_aRefererThatHoldsASecretOfOursIsCutToItsOrigin() throws Exception {
        proxy.get("/", "Referer: http://" + TestProxy.HOST + "/.dedalus/share/secret?to=/x");

        assertThat(upstream.last().all("Referer")).containsExactly("http://127.0.0.1:" + upstream.port() + "/");
    }

    @Test
    void case20_whatTheGatekeeperStripsIsNeverSeenUpstream() throws Exception {
        Decision admit = new Decision.Admit("ann", Set.of("authorization"), Set.of("share"), List.of(), null);
        try (TestProxy guarded = new TestProxy(
                new FakeWaker().awake(TestProxy.MACHINE),
                settings -> settings,
                builder -> builder.gatekeeper(request -> CompletableFuture.completedStage(admit)))) {
            guarded.route(upstream.uri());

            guarded.get("/", "Authorization: Basic c2VjcmV0", "Cookie: share=secret; kept=1");

            assertThat(upstream.last().all("Authorization")).isEmpty();
            assertThat(upstream.last().all("Cookie")).containsExactly("kept=1");
        }
    }

    @Test
    void theViewerKeyReplacesTheViewersOwnAuthorization() throws Exception {
        try (TestProxy keyed = new TestProxy(
                new FakeWaker().awake(TestProxy.MACHINE),
                settings -> settings,
                builder -> builder.credentials(route -> java.util.Optional.of("Bearer viewer-key")))) {
            keyed.route(upstream.uri());

            keyed.get("/", "Authorization: Basic c2VjcmV0");

            assertThat(upstream.last().all("Authorization")).containsExactly("Bearer viewer-key");
        }
    }
}
