package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.testing.QuietPort;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Case 5: the belief that a machine is awake proves wrong while a request is on its way; the viewer notices nothing. */
class Case05AutosleepRaceTest {
    /** An app behind a gateway, asleep until the proxy wakes it. */
    private static final class Sleepy implements RawUpstream.Script {
        final AtomicBoolean awake = new AtomicBoolean();
        final AtomicInteger served = new AtomicInteger();
        private final int statusAsleep;

        Sleepy(int statusAsleep) {
            this.statusAsleep = statusAsleep;
        }

        @Override
        public void answer(RawUpstream.Request request, OutputStream out) throws java.io.IOException {
            if (!awake.get()) {
                if (statusAsleep == 0) {
                    RawUpstream.reset(request.socket());
                } else {
                    RawUpstream.respond(out, statusAsleep, "machine_not_routable", "Connection: close");
                    request.socket().close();
                }
                return;
            }
            byte[] body = request.body();
            if (!request.method().equals("GET")) {
                served.incrementAndGet();
            }
            RawUpstream.respond(out, 200, "awake " + body.length);
        }
    }

    private static TestProxy believing(RawUpstream upstream, Sleepy app) {
        FakeWaker waker = new FakeWaker().awake(TestProxy.MACHINE);
        waker.onWake(route -> {
            app.awake.set(true);
            waker.complete(route.machineId());
        });
        return new TestProxy(waker).route(upstream.uri());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 502, 503, 504})
    void case05_aGetGoesThroughTheGateOnceMore(int statusAsleep) throws Exception {
        Sleepy app = new Sleepy(statusAsleep);
        try (RawUpstream upstream = new RawUpstream(app);
                TestProxy proxy = believing(upstream, app)) {
            RawClient.Response response = proxy.get("/");

            assertThat(response.status()).isEqualTo(200);
            assertThat(proxy.waker.dropped()).isEqualTo(1);
            assertThat(proxy.waker.started()).isEqualTo(1);
            assertThat(proxy.metrics.replayed.get()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 502, 503, 504})
    void case05_aPostIsSentOnceTheMachineIsSeenAwakeAndOnlyOnce(int statusAsleep) throws Exception {
        Sleepy app = new Sleepy(statusAsleep);
        try (RawUpstream upstream = new RawUpstream(app);
                TestProxy proxy = believing(upstream, app)) {
            RawClient.Response response = RawClient.once(
                    proxy.port, "POST / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: 5\r\n\r\nhello");

            assertThat(response.text()).isEqualTo("awake 5");
            assertThat(app.served.get()).isEqualTo(1);
            assertThat(proxy.waker.started()).isEqualTo(1);
        }
    }

    @Test
    void case05_aRefusedConnectionGoesThroughTheGateWhateverTheMethod() throws Exception {
        QuietPort gone = new QuietPort();
        RawUpstream[] back = new RawUpstream[1];
        FakeWaker waker = new FakeWaker().awake(TestProxy.MACHINE);
        waker.onWake(route -> {
            try {
                back[0] = new RawUpstream(
                        (request, out) -> RawUpstream.respond(out, 200, "back " + request.body().length), gone.port());
            } catch (java.io.IOException e) {
                throw new IllegalStateException(e);
            }
            waker.complete(route.machineId());
        });
        try (TestProxy proxy = new TestProxy(waker).route(gone.uri())) {
            RawClient.Response response = RawClient.once(
                    proxy.port, "POST / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: 5\r\n\r\nhello");

            assertThat(response.text()).isEqualTo("back 5");
            assertThat(waker.started()).isEqualTo(1);
        } finally {
            back[0].close();
            gone.close();
        }
    }

    @Test
    void case05_anAppThatSays503ItselfIsWokenOnceAndThenLeftAlone() throws Exception {
        try (RawUpstream upstream =
                        new RawUpstream((request, out) -> RawUpstream.respond(out, 503, "under construction"));
                TestProxy proxy =
                        new TestProxy(new FakeWaker().awake(TestProxy.MACHINE).wakesAtOnce()).route(upstream.uri())) {
            proxy.waker.wakesAtOnce();
            for (int i = 0; i < 20; i++) {
                RawClient.Response response = proxy.get("/");
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.text()).isEqualTo("under construction");
            }
            // Each event loop finds out for itself.
            assertThat(proxy.waker.started()).isBetween(1, 2);
        }
    }

    @Test
    void case05_anUpstreamThatStaysUnreachableIs502AfterOneMoreWake() throws Exception {
        FakeWaker waker = new FakeWaker();
        waker.wakesAtOnce();
        // An answer at all, within the viewer's patience: nothing waits for the deadline.
        try (QuietPort gone = new QuietPort();
                TestProxy proxy = new TestProxy(
                                waker, settings -> settings.wakeDeadline(Duration.ofHours(1)), builder -> builder)
                        .route(gone.uri())) {
            assertThat(proxy.get("/").status()).isEqualTo(502);
            assertThat(waker.started()).isEqualTo(2);
        }
    }

    @Test
    void case05_aMachineFrozenWithTheConnectionOpenIsWokenAndAnswersTheSameRequest() throws Exception {
        CountDownLatch frozen = new CountDownLatch(1);
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    frozen.await();
                    RawUpstream.respond(out, 200, "thawed " + request.body().length);
                });
                TestProxy proxy = new TestProxy(
                        new FakeWaker().awake(TestProxy.MACHINE),
                        settings -> settings.doubtAfter(Duration.ofMillis(100)).confirmBeliefAfter(Duration.ofDays(1)),
                        builder -> builder)) {
            proxy.route(upstream.uri());
            proxy.waker.onWake(route -> {
                frozen.countDown();
                proxy.waker.complete(route.machineId());
            });

            assertThat(proxy.get("/").text()).isEqualTo("thawed 0");
            assertThat(proxy.waker.started()).isEqualTo(1);
            assertThat(upstream.requests()).hasSize(1);
        }
    }
}
