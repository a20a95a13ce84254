package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import io.jenkins.plugins.dedalus.proxy.spi.WakeRefusedException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cases 3, 4 and 7 as the data plane sees them: wakes that fail, hang, or end with another machine than they began with. */
class Case04WakeProblemsTest {
    @Test
    void case03_aFailedWakeIsToldWithRetryAfterAndTheNextRequestTriesAnew() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("awake");
                TestProxy proxy = new TestProxy(new FakeWaker())) {
            proxy.route(upstream.uri());
            proxy.waker.onWake(route -> proxy.waker.fail(
                    route.machineId(),
                    new WakeRefusedException(503, "The platform is busy.", Duration.ofMillis(2100), null)));

            RawClient.Response refused = proxy.get("/");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isEqualTo("3");
            assertThat(refused.text()).contains("The platform is busy.");
            assertThat(refused.header("Cache-Control")).isEqualTo("no-store");

            proxy.waker.wakesAtOnce();
            assertThat(proxy.get("/").status()).isEqualTo(200);
            assertThat(proxy.waker.started()).isEqualTo(2);
        }
    }

    @Test
    void case04_aHangingWakeIs504AtTheDeadlineAndTheSlotIsFreed() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("awake");
                TestProxy proxy = new TestProxy(
                        new FakeWaker(), settings -> settings.wakeDeadline(Duration.ofMillis(300)), b -> b)) {
            proxy.route(upstream.uri());

            long before = System.nanoTime();
            RawClient.Response late = proxy.get("/");

            assertThat(late.status()).isEqualTo(504);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(290));
            assertThat(proxy.metrics.waiters.get()).isZero();

            proxy.waker.complete(TestProxy.MACHINE);
            assertThat(proxy.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void case07_aMachineRecreatedMidWakeIsServedFromItsNewAddress() throws Exception {
        try (RawUpstream old = RawUpstream.saying("another pull request's app");
                RawUpstream recreated = RawUpstream.saying("new");
                TestProxy proxy = new TestProxy(new FakeWaker())) {
            proxy.route(old.uri());
            try (RawClient client = proxy.client().get(TestProxy.HOST, "/")) {
                await().until(() -> proxy.metrics.waiters.get() == 1);
                proxy.directory.put(
                        TestProxy.route(TestProxy.HOST, "dm-2", recreated.uri()).build());
                proxy.waker.complete(TestProxy.MACHINE);
                await().until(() -> proxy.waker.started() == 2);
                proxy.waker.complete("dm-2");

                assertThat(client.response().text()).isEqualTo("new");
            }
            assertThat(old.requests()).isEmpty();
        }
    }

    @Test
    void case07_aMachineDeletedMidWakeIs410() throws Exception {
        try (RawUpstream old = RawUpstream.saying("another pull request's app");
                TestProxy proxy = new TestProxy(new FakeWaker())) {
            proxy.route(old.uri());
            try (RawClient client = proxy.client().get(TestProxy.HOST, "/")) {
                await().until(() -> proxy.metrics.waiters.get() == 1);
                proxy.directory.remove(TestProxy.HOST);
                proxy.waker.complete(TestProxy.MACHINE);

                RawClient.Response response = client.response();
                assertThat(response.status()).isEqualTo(410);
                assertThat(response.header("Clear-Site-Data")).contains("storage");
            }
            assertThat(old.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"404,503,is gone", "401,503,can't be woken"})
    void case07_whatDedalusSaysOfMachineAndKeyIsNotForViewers(int refusal, int status, String sentence)
            throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("awake");
                ScriptedGate gate = new ScriptedGate(
                        settings -> settings,
                        (call, out) -> ScriptedGate.refuse(out, refusal, ",\"request_id\":\"req-7\""));
                TestProxy proxy = gate.proxy()) {
            proxy.route(upstream.uri());

            RawClient.Response response = proxy.get("/");

            assertThat(response.status()).isEqualTo(status);
            assertThat(response.text())
                    .contains(sentence)
                    .doesNotContain(TestProxy.MACHINE, "not now", "HTTP", "req-7", "key", "Dedalus");
            assertThat(response.header("Clear-Site-Data"))
                    .as("the preview is open: its viewers keep what they stored")
                    .isNull();
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void case07_aClosedPreviewIs410AndWakesNothing() throws Exception {
        try (TestProxy proxy = new TestProxy(new FakeWaker())) {
            proxy.directory.put(
                    Route.builder(TestProxy.HOST).state(RouteState.CLOSED).build());

            RawClient.Response response = proxy.get("/");

            assertThat(response.status()).isEqualTo(410);
            assertThat(response.header("X-Robots-Tag")).isEqualTo("noindex");
            assertThat(proxy.waker.joined()).isZero();
        }
    }
}
