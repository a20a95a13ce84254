package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.testing.QuietPort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Case 20: more requests than connections, while connections break, are refused, or are waited for in vain. */
class Case20StormsTest {
    private static final int CAP = 4;
    private static final int STORM = 200;

    private final List<RawClient> clients = new ArrayList<>();

    private static TestProxy capped() {
        return new TestProxy(
                new FakeWaker().awake(TestProxy.MACHINE).wakesAtOnce(),
                settings -> settings.upstreamConnections(CAP),
                builder -> builder);
    }

    @AfterEach
    void leave() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    private void send(TestProxy proxy, int many, String path) throws IOException {
        for (int i = 0; i < many; i++) {
            clients.add(proxy.client().get(TestProxy.HOST, path + i));
        }
    }

    private static void isWell(TestProxy proxy) throws IOException {
        // On both loops, and more often than there are connections.
        for (int i = 0; i < 5 * CAP; i++) {
            assertThat(proxy.get("/after").text()).isEqualTo("well");
        }
        await().untilAsserted(() -> {
            assertThat(proxy.metrics.inFlight.get()).isZero();
            assertThat(proxy.metrics.upstreamConnections.get()).isBetween(0, CAP);
        });
    }

    @Test
    void case20_connectionsThatBreakInAStormArePassedOnAndNeverMoreThanTheCap() throws Exception {
        AtomicBoolean breaking = new AtomicBoolean(true);
        AtomicInteger count = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        TestProxy[] proxies = new TestProxy[1];
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    most.accumulateAndGet(proxies[0].metrics.upstreamConnections.get(), Math::max);
                    if (breaking.get() && count.incrementAndGet() % 2 == 0) {
                        RawUpstream.reset(request.socket());
                    } else {
                        RawUpstream.respond(out, 200, "well");
                    }
                });
                TestProxy proxy = capped()) {
            proxies[0] = proxy;
            proxy.route(upstream.uri());
            send(proxy, STORM, "/storm");

            int good = 0;
            for (RawClient client : clients) {
                int status = client.response().status();
                assertThat(status).isIn(200, 502);
                good += status == 200 ? 1 : 0;
            }
            breaking.set(false);

            assertThat(good).as("requests that a second try saved").isGreaterThan(STORM / 2);
            assertThat(most.get()).isBetween(1, CAP);
            isWell(proxy);
        }
    }

    @Test
    void case20_aStormThatIsRefusedIsAnsweredAndForgotten() throws Exception {
        try (QuietPort closed = new QuietPort();
                TestProxy proxy = capped()) {
            proxy.route(closed.uri());
            send(proxy, STORM, "/storm");

            for (RawClient client : clients) {
                assertThat(client.response().status()).isEqualTo(502);
            }
            assertThat(proxy.metrics.upstreamConnections.get()).isZero();
            try (RawUpstream upstream =
                    new RawUpstream((request, out) -> RawUpstream.respond(out, 200, "well"), closed.port())) {
                isWell(proxy);
                assertThat(upstream.requests()).hasSize(5 * CAP);
            }
        }
    }

    @Test
    void case20_whoLeavesWhileWaitingForAConnectionIsNeverSentAndBlocksNobody() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    if (request.target().startsWith("/storm")) {
                        held.await();
                    }
                    RawUpstream.respond(out, 200, "well");
                });
                TestProxy proxy = capped()) {
            proxy.route(upstream.uri());
            send(proxy, STORM, "/storm");
            await().until(() ->
                    proxy.metrics.inFlight.get() == STORM && upstream.requests().size() == CAP);
            Set<String> sent = upstream.requests().stream()
                    .map(RawUpstream.Request::target)
                    .collect(Collectors.toSet());
            List<RawClient> lucky = new ArrayList<>();
            for (int i = 0; i < STORM; i++) {
                if (sent.contains("/storm" + i)) {
                    lucky.add(clients.get(i));
                } else {
                    RawUpstream.reset(clients.get(i).socket());
                }
            }
            await().until(() -> proxy.metrics.inFlight.get() == CAP);

            held.countDown();

            for (RawClient client : lucky) {
                assertThat(client.response().text()).isEqualTo("well");
            }
            isWell(proxy);
            assertThat(upstream.requests()).hasSize(CAP + 5 * CAP);
            assertThat(upstream.accepted()).as("connections that were made").isEqualTo(CAP);
        } finally {
            held.countDown();
        }
    }
}
