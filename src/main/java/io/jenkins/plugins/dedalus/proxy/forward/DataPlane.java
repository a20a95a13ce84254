package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.io.ExpectedFailures;
import io.jenkins.plugins.dedalus.proxy.io.StrictRequestDecoder;
import io.jenkins.plugins.dedalus.proxy.io.VertxOptions;
import io.jenkins.plugins.dedalus.proxy.spi.ListenOptions;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamPolicy;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamPool;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamResolver;
import io.jenkins.plugins.dedalus.proxy.viewer.InvalidRequests;
import io.jenkins.plugins.dedalus.proxy.viewer.TrustedProxies;
import io.jenkins.plugins.dedalus.proxy.viewer.ViewerConnection;
import io.jenkins.plugins.dedalus.proxy.viewer.ViewerGuard;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One event loop's share of the proxy: its listeners, its upstream connections, its exchanges. Everything in here runs on
 * that loop, so nothing is locked.
 */
public final class DataPlane extends VerticleBase implements UpstreamPool.Loop {
    private static final int MOST_WAITING = 4096;
    private static final long FAREWELL_MILLIS = 400;

    private final ProxyParts parts;
    private final Set<Exchange> exchanges = new HashSet<>();
    private final Set<Tunnel> tunnels = new HashSet<>();
    private final Map<HttpConnection, ViewerConnection> connections = new IdentityHashMap<>();
    private final Map<HttpServer, ListenOptions> servers = new IdentityHashMap<>();
    private final MachineBeliefs machines;
    private final TrustedProxies trustedProxies;
    private UpstreamResolver resolver;
    private HttpClientAgent client;
    private UpstreamPool pool;
    private long now = System.nanoTime();
    private boolean draining;

    public DataPlane(ProxyParts parts) {
        this.parts = parts;
        this.machines = new MachineBeliefs(parts.settings().confirmBeliefAfter());
        this.trustedProxies = new TrustedProxies(parts.settings().trustedProxies());
    }

    @Override
    public Future<?> start() {
        ProxySettings settings = parts.settings();
        UpstreamPolicy policy = new UpstreamPolicy(settings.upstreamSuffixes(), settings.allowLoopback());
        resolver = new UpstreamResolver(vertx, policy, parts.names());
        client = VertxOptions.client(vertx, settings, parts.trust());
        int perLoop = Math.max(1, settings.upstreamConnections() / parts.eventLoops());
        pool = new UpstreamPool(
                client, this, perLoop, settings.keepAliveTimeout().toNanos(), MOST_WAITING);
        vertx.setPeriodic(sweepMillis(settings), id -> sweep());
        return Future.succeededFuture();
    }

    /** Listens, on whatever thread this is called. A negative port is a free one that all loops share. */
    public Future<Integer> listen(ListenOptions listen, int port) {
        Promise<Integer> bound = Promise.promise();
        context.runOnContext(v -> {
            HttpServerOptions options = VertxOptions.server(parts.settings(), listen);
            HttpServer server = vertx.createHttpServer(options);
            server.connectionHandler(connection -> connected(connection, options));
            server.requestHandler(this::request);
            server.invalidRequestHandler(request -> InvalidRequests.answer(request, parts.metrics()));
            server.exceptionHandler(ExpectedFailures::ignoreOrLog);
            server.listen(port, listen.address())
                    .onSuccess(s -> servers.put(server, listen))
                    .map(HttpServer::actualPort)
                    .onComplete(bound);
        });
        return bound.future();
    }

    /** Reads every certificate again. */
    public Future<Void> reloadCertificates() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> {
            Future<Void> updated = Future.succeededFuture();
            for (Map.Entry<HttpServer, ListenOptions> entry : servers.entrySet()) {
                if (entry.getValue().tls()) {
                    updated = updated.compose(x -> entry.getKey()
                            .updateSSLOptions(VertxOptions.tls(entry.getValue()), true)
                            .mapEmpty());
                }
            }
            updated.onComplete(done);
        });
        return done.future();
    }

    /** Stops listening, says good-bye to WebSockets, lets exchanges end, and aborts what is left after {@code drain}. */
    public Future<Void> drain(Duration drain) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> {
            draining = true;
            List.copyOf(tunnels).forEach(Tunnel::goAway);
            long millis = Math.max(1, drain.toMillis());
            vertx.setTimer(millis, id -> {
                List.copyOf(exchanges).forEach(Exchange::abandon);
                List.copyOf(tunnels).forEach(Tunnel::abort);
            });
            vertx.setTimer(millis + FAREWELL_MILLIS, id -> List.copyOf(connections.values())
                    .forEach(ViewerConnection::cut));
            List<Future<Void>> stops = new ArrayList<>();
            servers.keySet()
                    .forEach(server ->
                            stops.add(server.shutdown(millis + FAREWELL_MILLIS + 100, TimeUnit.MILLISECONDS)));
            Future.all(stops).<Void>mapEmpty().eventually(() -> client.close()).onComplete(done);
        });
        return done.future();
    }

    private void connected(HttpConnection connection, HttpServerOptions options) {
        StrictRequestDecoder.install(connection, options);
        ViewerConnection viewer = new ViewerConnection(connection, trustedProxies, now);
        ViewerGuard.install(connection, viewer);
        connections.put(connection, viewer);
        connection.closeHandler(v -> connections.remove(connection));
        // Else what a viewer does wrong by HTTP/2 would be an error in our log.
        connection.exceptionHandler(ExpectedFailures::ignoreOrLog);
    }

    private void request(HttpServerRequest request) {
        ViewerConnection connection = connections.get(request.connection());
        if (connection == null) {
            connection = new ViewerConnection(request.connection(), trustedProxies, now);
        }
        Exchange exchange = new Exchange(this, parts, request, connection);
        exchanges.add(exchange);
        try {
            exchange.begin();
        } catch (RuntimeException e) {
            exchange.reply().crashed(e);
        }
    }

    @Override
    public void upstreamOpened() {
        parts.metrics().upstreamConnections(1);
    }

    @Override
    public void upstreamClosed() {
        parts.metrics().upstreamConnections(-1);
    }

    private void sweep() {
        now = System.nanoTime();
        ProxySettings settings = parts.settings();
        if (!exchanges.isEmpty()) {
            List.copyOf(exchanges).forEach(exchange -> exchange.check(now));
        }
        if (!tunnels.isEmpty()) {
            List.copyOf(tunnels).forEach(tunnel -> tunnel.check(now));
        }
        pool.sweep(now);
        long keepAlive = settings.keepAliveTimeout().toNanos() * 5 / 4;
        long head = settings.headTimeout().toNanos();
        List.copyOf(connections.values()).forEach(connection -> connection.closeIfIdle(now, keepAlive, head));
    }

    private static long sweepMillis(ProxySettings settings) {
        long shortest = 4000;
        for (Duration limit : List.of(
                settings.responseTimeout(),
                settings.idleTimeout(),
                settings.doubtAfter(),
                settings.keepAliveTimeout(),
                settings.headTimeout())) {
            if (!limit.isZero()) {
                shortest = Math.min(shortest, limit.toMillis());
            }
        }
        return Math.max(25, shortest / 4);
    }

    void ended(Exchange exchange) {
        exchanges.remove(exchange);
    }

    void opened(Tunnel tunnel, HttpConnection connection) {
        // The upgraded socket is no HTTP connection any more: it would look idle.
        ViewerConnection viewer = connections.remove(connection);
        if (viewer != null) {
            viewer.upgraded();
        }
        tunnels.add(tunnel);
        parts.metrics().tunnels(1);
        if (draining) {
            tunnel.goAway();
        }
    }

    void closed(Tunnel tunnel) {
        if (tunnels.remove(tunnel)) {
            parts.metrics().tunnels(-1);
        }
    }

    /** The time of the last sweep, in {@link System#nanoTime()} units: good enough for idle limits, and free. */
    @Override
    public long coarseNow() {
        return now;
    }

    boolean draining() {
        return draining;
    }

    Context loop() {
        return context;
    }

    HttpClientAgent client() {
        return client;
    }

    UpstreamPool pool() {
        return pool;
    }

    UpstreamResolver resolver() {
        return resolver;
    }

    MachineBeliefs machines() {
        return machines;
    }

    TrustedProxies trustedProxies() {
        return trustedProxies;
    }

    /** How long a stream of this route may be without a byte; 0 for any time. */
    long idleNanos(Route route) {
        return nanos(route.answers().idle(), parts.settings().idleTimeout());
    }

    /** How long this route's app may take until it answers; 0 for any time. */
    long responseNanos(Route route) {
        return nanos(route.answers().response(), parts.settings().responseTimeout());
    }

    private static long nanos(Duration own, Duration otherwise) {
        return (own == null ? otherwise : own).toNanos();
    }

    /** How long a machine may say nothing before it is woken to be sure. */
    long doubtNanos() {
        return parts.settings().doubtAfter().toNanos();
    }

    /**
     * Nothing was heard for a while, on the strength of a belief: the machine may have been frozen with our connection
     * open. Waking it is idempotent and lets the app go on with this very request or message, so nothing is sent again.
     */
    void makeSure(Route route) {
        // While it answers anybody it is awake, only slow.
        boolean silent = !machines.answeredSince(route, System.nanoTime() - doubtNanos());
        if (silent && machines.mayMakeSure(route)) {
            parts.waker().doubt(route);
            parts.waker().wake(route);
        }
    }

    /** How long one stream may keep its machine awake. */
    long keepAwakeNanos() {
        return parts.settings().keepAwake().toNanos();
    }

    /** Bytes passed that somebody waits for. */
    void passing(Route route) {
        parts.waker().passing(route);
    }

    /** Sends the app a request for the health path, unless its machine was put to sleep meanwhile. */
    void keepAwake(Route route) {
        if (!parts.waker().believedActive(route)) {
            return;
        }
        machines.hit(route);
        resolver.resolve(route.upstream())
                .compose(target ->
                        Probe.ask(this, target, route, parts.credentials().authorization(route)))
                .onSuccess(there -> {
                    if (there) {
                        parts.waker().seenActive(route);
                        parts.waker().viewed(route);
                    }
                })
                .onFailure(ExpectedFailures::ignoreOrLog);
    }

    @Override
    public int maxHeaderBytes() {
        return parts.settings().maxHeaderBytes();
    }

    long probeTimeoutMillis() {
        return parts.settings().connectTimeout().toMillis();
    }

    long setTimer(Duration delay, Runnable action) {
        return vertx.setTimer(Math.max(1, delay.toMillis()), id -> action.run());
    }

    void cancelTimer(long id) {
        if (id != 0) {
            vertx.cancelTimer(id);
        }
    }
}
