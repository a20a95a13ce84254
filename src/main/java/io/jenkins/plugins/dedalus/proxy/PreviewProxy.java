package io.jenkins.plugins.dedalus.proxy;

import io.jenkins.plugins.dedalus.proxy.forward.DataPlane;
import io.jenkins.plugins.dedalus.proxy.forward.Polls;
import io.jenkins.plugins.dedalus.proxy.forward.ProxyParts;
import io.jenkins.plugins.dedalus.proxy.spi.AccessLog;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Gatekeeper;
import io.jenkins.plugins.dedalus.proxy.spi.ListenOptions;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import io.jenkins.plugins.dedalus.proxy.spi.UpstreamCredentials;
import io.jenkins.plugins.dedalus.proxy.spi.WaitingPages;
import io.jenkins.plugins.dedalus.proxy.spi.Waker;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamResolver;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The data plane: listens to viewers, asks the {@link Gatekeeper}, wakes through the {@link Waker}, forwards to the
 * upstream. One instance may listen on several addresses; it owns its event loops and its connections.
 */
public final class PreviewProxy {
    private final ProxyParts parts;
    private final List<DataPlane> planes = new CopyOnWriteArrayList<>();
    private final AtomicInteger freePorts = new AtomicInteger();
    private Vertx vertx;
    private Future<Void> deployed;
    private Future<Void> closed;
    private Future<Void> reloaded = Future.succeededFuture();

    private PreviewProxy(ProxyParts parts) {
        this.parts = parts;
    }

    /** Starts a builder; directory and waker are required. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Begins to listen. May be called more than once, for several addresses.
     *
     * @return the bound port, or a failure whose message says which address could not be bound and why
     */
    public Future<Integer> start(ListenOptions listen) {
        Objects.requireNonNull(listen, "listen");
        // Vert.x takes a negative port for "any free one, the same for all who name this number".
        int port = listen.port() == 0 ? -freePorts.incrementAndGet() : listen.port();
        return deploy().compose(v -> listenAll(listen, port, 0, 0))
                .recover(e -> Future.failedFuture(new IllegalStateException(
                        "The proxy can't listen on " + listen.address() + ":" + listen.port() + ": " + e.getMessage(),
                        e)));
    }

    private synchronized Future<Void> deploy() {
        if (closed != null) {
            return Future.failedFuture(new IllegalStateException("it has been closed"));
        }
        if (deployed == null) {
            io.vertx.core.VertxOptions options = new io.vertx.core.VertxOptions()
                    .setEventLoopPoolSize(parts.eventLoops())
                    .setWorkerPoolSize(4)
                    .setInternalBlockingPoolSize(4)
                    .setPreferNativeTransport(false);
            options.getFileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
            vertx = Vertx.vertx(options);
            deployed = vertx.deployVerticle(
                            () -> {
                                DataPlane plane = new DataPlane(parts);
                                planes.add(plane);
                                return plane;
                            },
                            new DeploymentOptions().setInstances(parts.eventLoops()))
                    .mapEmpty();
        }
        return deployed;
    }

    private Future<Integer> listenAll(ListenOptions listen, int port, int index, int bound) {
        if (index == planes.size()) {
            return Future.succeededFuture(bound);
        }
        return planes.get(index).listen(listen, port).compose(p -> listenAll(listen, port, index + 1, p));
    }

    /** Reads the certificate and key files of every TLS listener again; connections in use go on with the old ones. */
    public synchronized Future<Void> reloadCertificates() {
        if (deployed == null || closed != null) {
            return Future.succeededFuture();
        }
        // All loops share the first one's listening sockets, and Vert.x allows one update at a time.
        reloaded = reloaded.otherwiseEmpty().compose(v -> deployed).compose(v -> planes.get(0)
                .reloadCertificates());
        return reloaded;
    }

    /**
     * Stops: no new connections, WebSockets are closed with 1001, exchanges and waiters get {@code drain} to end, then
     * waiters are answered 503 and everything left is aborted. Idempotent.
     */
    public synchronized Future<Void> close(Duration drain) {
        if (closed == null) {
            closed = deployed == null
                    ? Future.succeededFuture()
                    : Future.join(planes.stream()
                                    .map(plane -> plane.drain(drain))
                                    .toList())
                            .<Void>mapEmpty()
                            .eventually(() -> vertx.close());
        }
        return closed;
    }

    /** What a proxy is made of. */
    public static final class Builder {
        private Directory directory;
        private Gatekeeper gatekeeper = Gatekeeper.OPEN;
        private Waker waker;
        private WaitingPages pages = new PlainPages();
        private ProxyMetrics metrics = ProxyMetrics.NONE;
        private AccessLog accessLog = AccessLog.OFF;
        private UpstreamCredentials credentials = UpstreamCredentials.NONE;
        private ProxySettings settings = ProxySettings.defaults();
        private Clock clock = Clock.systemUTC();
        private UpstreamResolver.Names names = UpstreamResolver.Names.SYSTEM;
        private TrustOptions trust;

        private Builder() {}

        /** Sets where previews are looked up. Required. */
        public Builder directory(Directory value) {
            directory = value;
            return this;
        }

        /** Sets who decides about viewers; by default everybody is admitted. */
        public Builder gatekeeper(Gatekeeper value) {
            gatekeeper = value;
            return this;
        }

        /** Sets what wakes machines. Required. */
        public Builder waker(Waker value) {
            waker = value;
            return this;
        }

        /** Sets the pages; by default plain sentences. */
        public Builder pages(WaitingPages value) {
            pages = value;
            return this;
        }

        /** Sets what counts; by default nothing. */
        public Builder metrics(ProxyMetrics value) {
            metrics = value;
            return this;
        }

        /** Sets the access log; off by default. */
        public Builder accessLog(AccessLog value) {
            accessLog = value;
            return this;
        }

        /** Sets the viewer key for upstreams that ask for one; none by default. */
        public Builder credentials(UpstreamCredentials value) {
            credentials = value;
            return this;
        }

        /** Sets limits and trust. */
        public Builder settings(ProxySettings value) {
            settings = value;
            return this;
        }

        /** Sets the clock. */
        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        /** Sets the name service; for tests. */
        Builder names(UpstreamResolver.Names value) {
            names = value;
            return this;
        }

        /** Sets the upstreams' certificate authorities; for tests. */
        Builder trust(TrustOptions value) {
            trust = value;
            return this;
        }

        /** Makes the proxy; it does not listen yet. */
        public PreviewProxy build() {
            Objects.requireNonNull(directory, "directory");
            Objects.requireNonNull(waker, "waker");
            Objects.requireNonNull(gatekeeper, "gatekeeper");
            Objects.requireNonNull(metrics, "metrics");
            Objects.requireNonNull(accessLog, "accessLog");
            Objects.requireNonNull(credentials, "credentials");
            Objects.requireNonNull(settings, "settings");
            Objects.requireNonNull(clock, "clock");
            Objects.requireNonNull(pages, "pages");
            int loops = settings.eventLoops() > 0
                    ? settings.eventLoops()
                    : Runtime.getRuntime().availableProcessors();
            return new PreviewProxy(new ProxyParts(
                    directory,
                    gatekeeper,
                    waker,
                    pages,
                    metrics,
                    accessLog,
                    credentials,
                    settings,
                    clock,
                    names,
                    new Polls(),
                    trust,
                    loops));
        }
    }
}
