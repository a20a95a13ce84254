package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Cases 1 and 2: many wait, one wake, no thread each, and nobody's leaving spoils it for the others. */
class Case01CoalescedWakeTest {
    private static final int WAITERS = 1000;

    @Test
    void case01_aThousandConcurrentRequestsAreOneWakeAndAThousandSuccesses() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (RawUpstream upstream = RawUpstream.saying("awake");
                TestProxy proxy = new TestProxy(new FakeWaker())) {
            proxy.route(upstream.uri());
            for (int i = 0; i < WAITERS; i++) {
                clients.add(proxy.client().get(TestProxy.HOST, "/" + i));
            }
            await().until(() -> proxy.metrics.waiters.get() == WAITERS);
            assertThat(proxy.waker.started()).isEqualTo(1);

            proxy.waker.complete(TestProxy.MACHINE);

            for (RawClient client : clients) {
                RawClient.Response response = client.response();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.text()).isEqualTo("awake");
            }
            assertThat(proxy.waker.started()).isEqualTo(1);
            assertThat(proxy.metrics.waiters.get()).isZero();
            assertThat(upstream.requests()).hasSize(WAITERS);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void case01_withTheRealGateNoThreadIsParkedPerWaiterAndTheWakeIsCalledOnce() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        List<RawClient> clients = new ArrayList<>();
        try (RawUpstream upstream = RawUpstream.saying("awake");
                ScriptedGate gate = new ScriptedGate(settings -> settings, (call, out) -> {
                    held.await();
                    ScriptedGate.running(out);
                });
                TestProxy proxy = gate.proxy()) {
            proxy.route(upstream.uri());
            clients.add(proxy.client().get(TestProxy.HOST, "/first"));
            await().until(() -> proxy.metrics.waiters.get() == 1 && gate.wakes() == 1);
            int threadsForOne = threads();

            for (int i = 1; i < WAITERS; i++) {
                clients.add(proxy.client().get(TestProxy.HOST, "/" + i));
            }
            await().until(() -> gate.gate.waiters() == WAITERS);

            assertThat(threads() - threadsForOne)
                    .as("threads that %d more waiters cost", WAITERS - 1)
                    .isLessThan(10);
            held.countDown();
            for (RawClient client : clients) {
                assertThat(client.response().text()).isEqualTo("awake");
            }
            assertThat(gate.wakes()).isEqualTo(1);
            assertThat(gate.gate.waiters()).isZero();
        } finally {
            held.countDown();
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    @Test
    void case02_theFirstWaiterLeavesAndTheOthersSucceed() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("awake");
                TestProxy proxy = new TestProxy(new FakeWaker())) {
            proxy.route(upstream.uri());
            RawClient first = proxy.client().get(TestProxy.HOST, "/first");
            await().until(() -> proxy.metrics.waiters.get() == 1);
            try (RawClient second = proxy.client().get(TestProxy.HOST, "/second")) {
                await().until(() -> proxy.metrics.waiters.get() == 2);

                first.close();
                await().until(() -> proxy.metrics.waiters.get() == 1);
                proxy.waker.complete(TestProxy.MACHINE);

                assertThat(second.response().status()).isEqualTo(200);
            }
            assertThat(proxy.waker.started()).isEqualTo(1);
            assertThat(proxy.metrics.failed(ProxyMetrics.Cause.VIEWER_GONE)).isEqualTo(1);
            assertThat(upstream.requests()).hasSize(1);
        }
    }
}
