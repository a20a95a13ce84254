package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.proxy.page.WaitingPage;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics.Cause;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import io.jenkins.plugins.dedalus.proxy.spi.WakeRefusedException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What viewers get while the last build has failed and nothing serves. */
class FailedBuildPagesTest {
    private static final String SENTENCE = "The last build failed: its start script ended with exit code 3.";
    private static final String BROWSER = "Accept: text/html";

    private final FakeWaker waker = new FakeWaker();
    private RawUpstream upstream;
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        upstream = RawUpstream.saying("app");
        proxy = new TestProxy(
                waker, settings -> settings, builder -> builder.pages(new WaitingPage(Clock.systemUTC())));
        put(RouteState.FAILED);
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    private Route put(RouteState state) {
        Route route = TestProxy.route(TestProxy.HOST, TestProxy.MACHINE, upstream.uri())
                .state(state)
                .problem(state == RouteState.FAILED ? SENTENCE : null)
                .build();
        proxy.directory.put(route);
        return route;
    }

    @Test
    void peopleGetAPageAndProgramsJsonAtOnceAndNothingIsWoken() throws Exception {
        RawClient.Response page = proxy.get("/", BROWSER, "Sec-Fetch-Mode: navigate");
        assertThat(page.status()).isEqualTo(503);
        assertThat(page.text()).contains("<h1>The last build failed</h1>", SENTENCE, "Try again");
        assertThat(page.header("Retry-After")).isNotNull();
        assertThat(page.header("Cache-Control")).isEqualTo("no-store");
        assertThat(page.header("Clear-Site-Data")).isNull();

        RawClient.Response json = proxy.get("/api", "Accept: application/json");
        assertThat(json.status()).isEqualTo(503);
        assertThat(json.header("Content-Type")).isEqualTo("application/json");
        assertThat(json.text()).startsWith("{\"error\":\"build_failed\",\"message\":\"" + SENTENCE);

        assertThat(proxy.get("/.dedalus/status").text()).contains("\"state\":\"failed\"");
        assertThat(RawClient.once(proxy.port, WebSockets.handshake(TestProxy.HOST, "/ws"))
                        .status())
                .isEqualTo(503);
        assertThat(waker.joined()).isZero();
        assertThat(upstream.requests()).isEmpty();
        assertThat(proxy.metrics.failed(Cause.BUILD_FAILED)).isEqualTo(3);

        put(RouteState.SERVING);
        waker.awake(TestProxy.MACHINE);
        assertThat(proxy.get("/").text()).isEqualTo("app");
    }

    @Test
    void whoWaitsForTheWakeIsToldOfTheBuildAndNotOfTheMachine() throws Exception {
        put(RouteState.SERVING);
        CompletableFuture<RawClient.Response> viewer = CompletableFuture.supplyAsync(() -> {
            try {
                return proxy.get("/");
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        await().until(() -> waker.started() == 1);
        put(RouteState.FAILED);
        waker.fail(TestProxy.MACHINE, new WakeRefusedException(503, "gone", null, null));

        assertThat(viewer.get().status()).isEqualTo(503);
        assertThat(viewer.get().text()).contains(SENTENCE);
        assertThat(waker.started()).isEqualTo(1);
    }

    @Test
    void whoMayNotSeeThePreviewReadsNothingOfItsBuild() throws Exception {
        try (TestProxy closed = new TestProxy(
                waker,
                settings -> settings,
                builder -> builder.gatekeeper(
                        request -> CompletableFuture.completedFuture(new Decision.Respond(401, List.of(), "no"))))) {
            closed.directory.put(TestProxy.route(TestProxy.HOST, TestProxy.MACHINE, upstream.uri())
                    .access(AccessMode.BASIC)
                    .state(RouteState.FAILED)
                    .problem(SENTENCE)
                    .build());
            RawClient.Response answer = closed.get("/");
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.text()).isEqualTo("no");
        }
    }
}
