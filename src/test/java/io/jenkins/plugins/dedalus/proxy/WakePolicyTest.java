package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.Reserved;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import io.jenkins.plugins.dedalus.testing.QuietPort;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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
            // Who asked later has got its page by then.
            assertThat(proxy.get("/", NAVIGATION).text()).contains("is waking up");
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

    static Stream<String> whatDoesNotWake() {
        String host = "Host: " + TestProxy.HOST + "\r\n";
        return Stream.of(
                "OPTIONS / HTTP/1.1\r\n" + host
                        + "Origin: http://a.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
                "GET /favicon.ico HTTP/1.1\r\n" + host + "\r\n",
                "GET / HTTP/1.1\r\n" + host + "User-Agent: Googlebot/2.1\r\n\r\n",
                "GET / HTTP/1.1\r\n" + host + "Sec-Purpose: prefetch\r\n\r\n");
    }

    /** Belief that the machine is awake, and a machine that isn't. */
    private void believe(URI machine) {
        proxy.waker.awake(TestProxy.MACHINE);
        proxy.directory.put(TestProxy.route(TestProxy.HOST, TestProxy.MACHINE, machine)
                .access(AccessMode.JENKINS)
                .build());
    }

    @ParameterizedTest
    @MethodSource("whatDoesNotWake")
    void aWrongBeliefIsNoReasonToWakeForThem(String request) throws Exception {
        for (String how : List.of("refused", "reset", "503")) {
            try (RawUpstream asleep = new RawUpstream((asked, out) -> {
                        if (how.equals("reset")) {
                            RawUpstream.reset(asked.socket());
                        } else {
                            RawUpstream.respond(out, 503, "asleep");
                        }
                    });
                    QuietPort nobody = new QuietPort()) {
                believe(how.equals("refused") ? nobody.uri() : asleep.uri());
                int doubts = proxy.waker.dropped();

                RawClient.Response response = RawClient.once(proxy.port, request);

                assertThat(response.status()).as(how).isEqualTo(503);
                assertThat(response.text()).as(how).contains("does not wake it");
                assertThat(proxy.waker.dropped()).as(how).isGreaterThan(doubts);
                assertThat(proxy.waker.joined()).as(how).isZero();
            }
        }
        // What does wake finds that the belief is gone.
        proxy.route(upstream.uri());
        proxy.waker.wakesAtOnce();
        assertThat(proxy.get("/").text()).isEqualTo("awake");
        assertThat(proxy.waker.started()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("whatDoesNotWake")
    void aSilentMachineIsNotWokenToBeSureForThem(String request) throws Exception {
        try (RawUpstream silent = new RawUpstream((asked, out) -> asked.in().read());
                TestProxy doubting = new TestProxy(
                        new FakeWaker().awake(TestProxy.MACHINE),
                        settings -> settings.doubtAfter(Duration.ofMillis(100)).responseTimeout(Duration.ofSeconds(1)),
                        builder -> builder)) {
            doubting.directory.put(TestProxy.route(TestProxy.HOST, TestProxy.MACHINE, silent.uri())
                    .access(AccessMode.JENKINS)
                    .build());

            assertThat(RawClient.once(doubting.port, request).status()).isEqualTo(504);
            assertThat(doubting.waker.joined()).isZero();

            assertThat(doubting.get("/").status()).isEqualTo(504);
            assertThat(doubting.waker.joined()).as("a person's request").isPositive();
        }
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
