package io.jenkins.plugins.dedalus.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.proxy.RawUpstream;
import io.jenkins.plugins.dedalus.proxy.TestProxy;
import io.jenkins.plugins.dedalus.proxy.io.VertxOptions;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One loop's connections, handed from one to the next. */
class UpstreamPoolTest {
    private static final int MANY = 200_000;

    private Vertx vertx;
    private Context loop;
    private RawUpstream upstream;
    private UpstreamPool pool;
    private UpstreamResolver.Target target;

    @BeforeEach
    void start() throws Exception {
        vertx = Vertx.vertx();
        loop = vertx.getOrCreateContext();
        upstream = RawUpstream.saying("x");
        pool = new UpstreamPool(
                VertxOptions.client(
                        vertx, ProxySettings.builder().allowLoopback(true).build(), null),
                new QuietLoop(),
                1,
                Duration.ofMinutes(1).toNanos(),
                MANY + 1);
        Upstream checked = new UpstreamPolicy(List.of(), true).check(upstream.uri());
        target = new UpstreamResolver.Target(
                checked, SocketAddress.inetSocketAddress(upstream.port(), "127.0.0.1"), "key", Long.MAX_VALUE);
    }

    @AfterEach
    void stop() throws Exception {
        TestProxy.await(vertx.close());
        upstream.close();
    }

    private UpstreamPool.Lease first() {
        AtomicReference<UpstreamPool.Lease> first = new AtomicReference<>();
        loop.runOnContext(v -> pool.acquire(target, taken -> first.set(taken.result())));
        await().until(() -> first.get() != null);
        return first.get();
    }

    @Test
    void aStormOfWaitersThatLeftHandsTheConnectionOnWithoutEnd() {
        UpstreamPool.Lease first = first();
        AtomicInteger gone = new AtomicInteger();
        AtomicReference<UpstreamPool.Lease> last = new AtomicReference<>();
        loop.runOnContext(v -> {
            for (int i = 0; i < MANY; i++) {
                pool.acquire(target, taken -> {
                    gone.incrementAndGet();
                    taken.result().giveBack(-1);
                });
            }
            pool.acquire(target, taken -> last.set(taken.result()));
            first.giveBack(-1);
        });

        await().until(() -> last.get() != null);
        assertThat(last.get()).isSameAs(first);
        assertThat(gone.get()).isEqualTo(MANY);
        assertThat(upstream.accepted()).isEqualTo(1);
    }

    @Test
    void theQueueForAnUpstreamHasAnEnd() {
        first();
        AtomicReference<Throwable> refused = new AtomicReference<>();
        loop.runOnContext(v -> {
            for (int i = 0; i <= MANY; i++) {
                pool.acquire(target, taken -> {});
            }
            pool.acquire(target, taken -> refused.set(taken.cause()));
        });

        await().until(() -> refused.get() != null);
        assertThat(refused.get()).isInstanceOf(UpstreamBusyException.class);
    }

    @Test
    void whoTakesItInTheMiddleKeepsItAndTheRestGoesOnWaiting() {
        UpstreamPool.Lease first = first();
        List<String> order = new CopyOnWriteArrayList<>();
        AtomicReference<UpstreamPool.Lease> middle = new AtomicReference<>();
        loop.runOnContext(v -> {
            pool.acquire(target, taken -> {
                order.add("left");
                taken.result().giveBack(-1);
            });
            pool.acquire(target, taken -> {
                order.add("middle");
                middle.set(taken.result());
            });
            pool.acquire(target, taken -> order.add("last"));
            first.giveBack(-1);
            order.add("returned");
            middle.get().giveBack(-1);
        });

        await().untilAsserted(() -> assertThat(order).containsExactly("left", "middle", "returned", "last"));
    }

    @Test
    void aConnectionThatAWaiterDiscardsIsReplacedForTheNext() {
        UpstreamPool.Lease first = first();
        AtomicReference<UpstreamPool.Lease> next = new AtomicReference<>();
        loop.runOnContext(v -> {
            pool.acquire(target, taken -> taken.result().discard());
            pool.acquire(target, taken -> next.set(taken.result()));
            first.giveBack(-1);
        });

        await().until(() -> next.get() != null);
        assertThat(next.get()).isNotSameAs(first);
        await().until(() -> upstream.openConnections() == 1);
        assertThat(upstream.accepted()).isEqualTo(2);
    }

    /** A loop whose time stands still. */
    private static final class QuietLoop implements UpstreamPool.Loop {
        @Override
        public int maxHeaderBytes() {
            return 32 * 1024;
        }

        @Override
        public long coarseNow() {
            return 0;
        }

        @Override
        public void upstreamOpened() {
            // Nobody counts.
        }

        @Override
        public void upstreamClosed() {
            // Nobody counts.
        }
    }
}
