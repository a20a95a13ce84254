package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who wakes a machine, who gets the waiting page, and what the status endpoint says meanwhile. */
class WakePolicyTest {
    private static final String[] NAVIGATION = {"Sec-Fetch-Mode: navigate", "Accept: text/html,*/*"};

    private RawUpstream upstream;
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        upstream = RawUpstream.saying("awake");
        proxy = new TestProxy(new FakeWaker(), settings -> settings.waitingPageAfter(Duration.ofMillis(150)), b -> b);
        proxy.route(upstream.uri());
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    @Test
    void aNavigationGetsTheWaitingPageAndTheWakeGoesOn() throws Exception {
        RawClient.Response page = proxy.get("/", NAVIGATION);

        assertThat(page.status()).isEqualTo(503);
        assertThat(page.header("Retry-After")).isEqualTo("2");
        assertThat(page.header("Cache-Control")).isEqualTo("no-store");
        assertThat(page.text()).contains("is waking up");
        assertThat(proxy.get(Reserved.STATUS_PATH).text()).contains("waking");

        proxy.waker.complete(TestProxy.MACHINE);
        assertThat(proxy.get(Reserved.STATUS_PATH + "?x=1").text()).contains("awake");
        assertThat(proxy.get("/", NAVIGATION).text()).isEqualTo("awake");
        assertThat(proxy.waker.started()).isEqualTo(1);
        assertThat(upstream.requests()).hasSize(1);
    }

    @Test
    void aQuickWakeShowsNoPage() throws Exception {
        proxy.waker.wakesAtOnce();

        assertThat(proxy.get("/", NAVIGATION).text()).isEqualTo("awake");
        assertThat(proxy.metrics.waitingPages.get()).isZero();
    }

    @Test
    void everythingElseWaits() throws Exception {
        try (RawClient client = proxy.client().get(TestProxy.HOST, "/api", "Accept: application/json")) {
            await().until(() -> proxy.metrics.waiters.get() == 1);
            await().pollDelay(Duration.ofMillis(300)).until(() -> true);
            assertThat(proxy.metrics.waiters.get()).isEqualTo(1);

            proxy.waker.complete(TestProxy.MACHINE);
            assertThat(client.response().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/,User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)",
        "/,User-Agent: Slackbot-LinkExpanding 1.0",
        "/,User-Agent: facebookexternalhit/1.1",
        "/page,Sec-Purpose: prefetch;prerender",
        "/page,Purpose: prefetch",
        "/page,X-Moz: prefetch",
        "/favicon.ico,X: y",
        "/apple-touch-icon-120x120.png,X: y",
        "/robots.txt,X: y",
    })
    void botsPrefetchesAndIconsDoNotWake(String target, String header) throws Exception {
        RawClient.Response response = proxy.get(target, header);

        assertThat(response.status()).isEqualTo(503);
        assertThat(response.header("Retry-After")).isNotNull();
        assertThat(proxy.waker.joined()).isZero();
    }

    @Test
    void aTelephoneIsNoBot() throws Exception {
        proxy.waker.wakesAtOnce();

        assertThat(proxy.get("/", "User-Agent: Mozilla/5.0 (Linux; Android 9; CUBOT_P30)")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aPreflightOfAProtectedPreviewWakesNothing() throws Exception {
        proxy.directory.put(TestProxy.route(TestProxy.HOST, TestProxy.MACHINE, upstream.uri())
                .access(AccessMode.JENKINS)
                .build());

        RawClient.Response response = RawClient.once(
                proxy.port,
                "OPTIONS / HTTP/1.1\r\nHost: " + TestProxy.HOST
                        + "\r\nOrigin: http://a.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n");

        assertThat(response.status()).isEqualTo(503);
        assertThat(proxy.waker.joined()).isZero();
    }

    @Test
    void theGatekeeperIsAskedBeforeAnythingIsWoken() throws Exception {
        try (TestProxy guarded = new TestProxy(
                new FakeWaker(),
                settings -> settings,
                builder -> builder.gatekeeper(
                        request -> CompletableFuture.completedStage(Decision.text(403, "Not you."))))) {
            guarded.route(upstream.uri());

            RawClient.Response response = guarded.get("/");

            assertThat(response.status()).isEqualTo(403);
            assertThat(response.text()).isEqualTo("Not you.\n");
            assertThat(response.header("Cache-Control")).isEqualTo("no-store");
            assertThat(response.header("X-Robots-Tag")).isEqualTo("noindex");
            assertThat(guarded.waker.joined()).isZero();
        }
    }

    @Test
    void aGatekeeperThatFailsAdmitsNobody() throws Exception {
        try (TestProxy guarded = new TestProxy(
                new FakeWaker(),
                settings -> settings,
                builder -> builder.gatekeeper(request -> {
                    if (request.path().equals("/thrown")) {
                        throw new IllegalStateException("broken");
                    }
                    return CompletableFuture.failedStage(new IllegalStateException("broken"));
                }))) {
            guarded.route(upstream.uri());

            assertThat(guarded.get("/thrown").status()).isEqualTo(503);
            assertThat(guarded.get("/failed").status()).isEqualTo(503);
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void aPreviewThatIsBeingProvisionedWaitsWithoutAWake() throws Exception {
        proxy.directory.put(
                Route.builder(TestProxy.HOST).state(RouteState.PROVISIONING).build());

        assertThat(proxy.get("/", NAVIGATION).text()).contains("is waking up");
        assertThat(proxy.get("/api").status()).isEqualTo(503);
        assertThat(proxy.get(Reserved.STATUS_PATH).text()).contains("waking");
        assertThat(proxy.waker.joined()).isZero();
    }
}
