package io.jenkins.plugins.dedalus.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.proxy.TestProxy;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UpstreamResolverTest {
    private static final URI UPSTREAM = URI.create("https://p-1.previews.example.net");

    @Test
    void whoAsksAtOnceSharesOneLookUp() {
        Vertx vertx = Vertx.vertx();
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch answer = new CountDownLatch(1);
        UpstreamResolver resolver =
                new UpstreamResolver(vertx, new UpstreamPolicy(List.of(".previews.example.net"), false), host -> {
                    asked.incrementAndGet();
                    try {
                        answer.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return List.of(InetAddress.getByName("8.8.8.8"));
                });
        Context loop = vertx.getOrCreateContext();
        Promise<List<Future<UpstreamResolver.Target>>> begun = Promise.promise();
        loop.runOnContext(v -> {
            List<Future<UpstreamResolver.Target>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(resolver.resolve(UPSTREAM));
            }
            begun.complete(all);
        });
        List<Future<UpstreamResolver.Target>> all = TestProxy.await(begun.future());
        answer.countDown();
        for (Future<UpstreamResolver.Target> each : all) {
            assertThat(TestProxy.await(each).address().hostAddress()).isEqualTo("8.8.8.8");
        }
        assertThat(asked).hasValue(1);

        Promise<Future<UpstreamResolver.Target>> again = Promise.promise();
        loop.runOnContext(v -> {
            assertThat(resolver.cached(UPSTREAM)).isNotNull();
            resolver.forget(UPSTREAM);
            assertThat(resolver.cached(UPSTREAM)).isNull();
            again.complete(resolver.resolve(UPSTREAM));
        });
        TestProxy.await(TestProxy.await(again.future()));
        assertThat(asked).hasValue(2);
        TestProxy.await(vertx.close());
    }
}
