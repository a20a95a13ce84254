package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.proxy.access.ShareLinks;
import io.jenkins.plugins.dedalus.proxy.access.Signer;
import io.jenkins.plugins.dedalus.proxy.access.TestAuthority;
import io.jenkins.plugins.dedalus.proxy.access.ViewerAccess;
import io.jenkins.plugins.dedalus.proxy.access.revocation.MemoryRevocations;
import io.jenkins.plugins.dedalus.proxy.spi.AccessLog;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The proxy with the real gatekeeper: our credentials let viewers in and go no further, upstream or into the log. */
class ProtectedPreviewTest {
    private static final String HOST = TestProxy.HOST;
    private static final String PREVIEW = "pr-1";
    private static final String HASH = BCrypt.withDefaults().hashToString(4, "open sesame".toCharArray());
    private static final String PASSWORD = "Authorization: " + basic("review:open sesame");
    private static final String[] NAVIGATION = {
        "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Accept: text/html"
    };

    private final EngineThreads threads = new EngineThreads("gatekeeper", 2);
    private final Signer signer = new Signer(Signer.freshKey());
    private final ShareLinks links = new ShareLinks(signer, new MemoryRevocations(), Clock.systemUTC());
    private final TestProxy.MapDirectory directory = new TestProxy.MapDirectory();
    private final List<AccessLog.Entry> log = new CopyOnWriteArrayList<>();
    private ViewerAccess access;
    private RawUpstream upstream;
    private TestProxy proxy;

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    @BeforeEach
    void start() throws Exception {
        access = ViewerAccess.builder()
                .directory(directory)
                .signer(signer)
                .scheduler(threads)
                .links(links)
                .basic("review", HASH)
                .authority(new TestAuthority(Clock.systemUTC()))
                .build();
        upstream = RawUpstream.saying("app");
        proxy = new TestProxy(
                new FakeWaker().awake(TestProxy.MACHINE),
                settings -> settings,
                builder -> builder.directory(directory).gatekeeper(access).accessLog(log::add));
        protect(AccessMode.BASIC);
    }

    private void protect(AccessMode mode) {
        directory.put(TestProxy.route(HOST, TestProxy.MACHINE, upstream.uri())
                .access(mode)
                .build());
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
        access.close();
        threads.close();
    }

    private static String[] navigation(String... more) {
        String[] all = java.util.Arrays.copyOf(NAVIGATION, NAVIGATION.length + more.length);
        System.arraycopy(more, 0, all, NAVIGATION.length, more.length);
        return all;
    }

    private String shareToken() {
        return links.issue(PREVIEW, HOST, Duration.ofHours(1)).token();
    }

    /** The cookie that opening a link gives. */
    private String shareCookie() throws Exception {
        RawClient.Response opened = proxy.get("/.dedalus/share/" + shareToken(), navigation());
        assertThat(opened.status()).isEqualTo(302);
        String cookie = opened.header("Set-Cookie");
        return "Cookie: " + cookie.substring(0, cookie.indexOf(';'));
    }

    private void reachedWithoutOurs(RawClient.Response response) {
        assertThat(response.text()).isEqualTo("app");
        assertThat(upstream.last().all("Authorization")).isEmpty();
        assertThat(upstream.last().head()).doesNotContainIgnoringCase("dedalus");
    }

    @Test
    void thePasswordGoesNoFurtherWhateverLetTheViewerIn() throws Exception {
        reachedWithoutOurs(proxy.get("/", navigation(PASSWORD)));
        reachedWithoutOurs(proxy.get("/", navigation(PASSWORD, shareCookie())));
        reachedWithoutOurs(proxy.get("/", PASSWORD, "X-Dedalus-Bypass: " + links.bypassToken(PREVIEW, HOST)));
    }

    @Test
    void aWrongOrBrokenPasswordGoesNoFurtherEither() throws Exception {
        for (String value :
                List.of(basic("review:wrong"), "basic " + basic("review:").substring(6), "Basic %%%")) {
            reachedWithoutOurs(proxy.get("/", navigation("Authorization: " + value, shareCookie())));
        }
        int before = upstream.requests().size();
        assertThat(proxy.get("/", navigation("Authorization: " + basic("review:wrong")))
                        .status())
                .isEqualTo(401);
        assertThat(upstream.requests()).hasSize(before);
    }

    @Test
    void theAppsOwnAuthorizationStays() throws Exception {
        assertThat(proxy.get("/", navigation("Authorization: Bearer app", shareCookie()))
                        .text())
                .isEqualTo("app");
        assertThat(upstream.last().all("Authorization")).containsExactly("Bearer app");

        // Where no password is ours, one can only be the app's.
        protect(AccessMode.JENKINS);
        assertThat(proxy.get("/", navigation(PASSWORD, shareCookie())).text()).isEqualTo("app");
        assertThat(upstream.last().all("Authorization")).containsExactly(PASSWORD.substring(PASSWORD.indexOf(' ') + 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /.dedalus/share/TOKEN HTTP/1.1\r\nHost: HOST",
                "GET /.dedalus/share/TOKEN?to=/cart HTTP/1.1\r\nHost: HOST",
                "GET /.dedalus/share/TOKEN/ HTTP/1.1\r\nHost: HOST",
                "GET /.dedalus/share//TOKEN HTTP/1.1\r\nHost: HOST",
                "GET //.dedalus/share/TOKEN HTTP/1.1\r\nHost: HOST",
                "POST /.dedalus/share/TOKEN HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0",
                "GET http://HOST/.dedalus/share/TOKEN HTTP/1.1\r\nHost: HOST",
                // refused before anything is looked up
                "GET http://other.example.net/.dedalus/share/TOKEN HTTP/1.1\r\nHost: HOST",
                "GET /.dedalus/share/TOKEN HTTP/1.1\r\nHost: HOST\r\nHost: HOST",
                "GET /.dedalus/share/TOKEN HTTP/1.1\r\nHost: unknown.example.net",
                "GET /?next=/.dedalus/share/TOKEN HTTP/1.1\r\nHost: HOST",
            })
    void aShareLinksTokenIsNotLogged(String request) throws Exception {
        String token = shareToken();

        RawClient.once(proxy.port, request.replace("TOKEN", token).replace("HOST", HOST) + "\r\n\r\n");

        await().until(() -> log.size() == 1);
        assertThat(log.get(0).toString()).doesNotContain(token).doesNotContain(token.substring(0, 20));
        if (!request.contains("next=")) {
            assertThat(log.get(0).path()).endsWith("/.dedalus/share/…");
        }
    }

    @Test
    void otherPathsAreLoggedAsTheyCame() throws Exception {
        proxy.get("/a%2Fb//c?secret=1", "X-Dedalus-Bypass: " + links.bypassToken(PREVIEW, HOST));

        await().until(() -> log.size() == 1);
        assertThat(log.get(0).path()).isEqualTo("/a%2Fb//c");
        assertThat(log.get(0).viewer()).isEqualTo("bypass");
        assertThat(log.get(0).toString()).doesNotContain(links.bypassToken(PREVIEW, HOST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", ":80", ":8443"})
    void theHostsPortMayBeEmpty(String port) throws Exception {
        String cookie = shareCookie();

        RawClient.Response own = RawClient.once(
                proxy.port,
                "POST / HTTP/1.1\r\nHost: " + HOST + port + "\r\nOrigin: http://" + HOST
                        + (port.equals(":") ? "" : port) + "\r\n" + cookie + "\r\nContent-Length: 0\r\n\r\n");
        RawClient.Response hostile = RawClient.once(
                proxy.port,
                "POST / HTTP/1.1\r\nHost: " + HOST + port + "\r\nOrigin: http://" + HOST + ":1\r\n" + cookie
                        + "\r\nContent-Length: 0\r\n\r\n");

        assertThat(own.text()).isEqualTo("app");
        assertThat(hostile.status()).isEqualTo(403);
        assertThat(proxy.metrics.failed(ProxyMetrics.Cause.INTERNAL)).isZero();
        assertThat(proxy.metrics.failed(ProxyMetrics.Cause.GATEKEEPER_FAILED)).isZero();
    }
}
