package io.jenkins.plugins.dedalus.proxy;

import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.ListenOptions;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A proxy on a free loopback port with a directory that the test fills. */
public final class TestProxy implements AutoCloseable {
    public static final String HOST = "pr-1.previews.example.net";
    public static final String MACHINE = "dm-1";

    /** Hosts and their routes. */
    static final class MapDirectory implements Directory {
        private final Map<String, Route> routes = new ConcurrentHashMap<>();

        void put(Route route) {
            routes.put(route.host(), route);
        }

        void remove(String host) {
            routes.remove(host);
        }

        @Override
        public Optional<Route> lookup(String host) {
            return Optional.ofNullable(routes.get(host));
        }

        @Override
        public Optional<Route> lookupChange(String repository, String changeId) {
            return routes.values().stream()
                    .filter(route -> changeId.equals(route.changeId()))
                    .findFirst();
        }

        @Override
        public List<Route> routes() {
            return List.copyOf(routes.values());
        }

        @Override
        public Instant asOf() {
            return Instant.EPOCH;
        }
    }

    final MapDirectory directory = new MapDirectory();
    final FakeWaker waker;
    final CountingMetrics metrics = new CountingMetrics();
    final PreviewProxy proxy;
    final int port;

    TestProxy(FakeWaker waker) {
        this(waker, settings -> settings, builder -> builder);
    }

    public TestProxy(
            FakeWaker waker,
            UnaryOperator<ProxySettings.Builder> settings,
            UnaryOperator<PreviewProxy.Builder> builder) {
        this.waker = waker;
        this.proxy = builder.apply(PreviewProxy.builder()
                        .directory(directory)
                        .waker(waker)
                        .metrics(metrics)
                        .settings(settings.apply(ProxySettings.builder()
                                        .allowLoopback(true)
                                        .eventLoops(2)
                                        .wakeDeadline(Duration.ofMinutes(2)))
                                .build()))
                .build();
        this.port = await(proxy.start(ListenOptions.http("127.0.0.1", 0)));
    }

    /** A proxy in front of one upstream whose machine is awake. */
    public static TestProxy awake(RawUpstream upstream) {
        TestProxy proxy = new TestProxy(new FakeWaker().awake(MACHINE));
        proxy.route(upstream.uri());
        return proxy;
    }

    public TestProxy route(URI upstream) {
        directory.put(route(HOST, MACHINE, upstream).build());
        return this;
    }

    static Route.Builder route(String host, String machine, URI upstream) {
        return Route.builder(host)
                .previewId(host.substring(0, host.indexOf('.')))
                .change("example.net/shop", "1")
                .healthPath(RawUpstream.PROBE)
                .machine(machine, upstream);
    }

    /** Listens for TLS too, with a certificate made in this directory; returns the port. */
    int tls(Path directory) throws Exception {
        return tls(proxy, directory);
    }

    static int tls(PreviewProxy proxy, Path directory) throws Exception {
        Certificates.Pem pem = Certificates.selfSigned(directory, "viewer", HOST);
        return await(proxy.start(ListenOptions.https("127.0.0.1", 0, pem.certificate(), pem.key())));
    }

    RawClient client() throws java.io.IOException {
        return new RawClient(port);
    }

    public RawClient.Response get(String target, String... headers) throws java.io.IOException {
        return RawClient.get(port, HOST, target, headers);
    }

    public static <T> T await(io.vertx.core.Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        await(proxy.close(Duration.ofMillis(50)));
    }
}
