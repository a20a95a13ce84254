package io.jenkins.plugins.dedalus.proxy;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One viewer's request from its head to the last byte of the answer: validated, routed, admitted, its machine woken,
 * forwarded. All of it happens on one event loop; nothing waits on a thread.
 */
final class Exchange {
    private static final int MOST_ROUTE_CHANGES = 3;
    private static final int MOST_AWAKE_RESENDS = 3;

    private final DataPlane plane;
    private final ProxyParts parts;
    private final HttpServerRequest request;
    private final ViewerConnection connection;
    private final Arrival arrival;
    private final Reply reply;
    private RequestValidation.Verdict verdict;
    private HeaderPolicy.Viewer viewer;
    private Route route;
    private Decision.Admit admit = Decision.ADMIT;
    private Waiter waiter;
    private Forwarding forwarding;
    private Tunnel tunnel;
    private int regates;
    private int resends;
    private int awakeResends;
    private int routeChanges;

    Exchange(DataPlane plane, ProxyParts parts, HttpServerRequest request, ViewerConnection connection) {
        this.plane = plane;
        this.parts = parts;
        this.request = request;
        this.connection = connection;
        this.arrival = new Arrival(connection, request);
        this.reply = new Reply(this, plane, parts, request);
        connection.began();
    }

    /** Takes the request from its head on. */
    void begin() {
        verdict = RequestValidation.check(request);
        HttpServerResponse response = request.response();
        response.exceptionHandler(e -> viewerGone());
        response.closeHandler(v -> viewerGone());
        if (verdict.refused()) {
            reply.refuse(verdict.status(), ProxyMetrics.Cause.BAD_REQUEST, verdict.sentence());
            return;
        }
        if (verdict.body()) {
            request.pause();
        }
        viewer =
                new HeaderPolicy.Viewer(arrival.scheme(), verdict.authority(), arrival.address(plane.trustedProxies()));
        Optional<Route> found = lookup();
        if (found.isEmpty()) {
            reply.refuse(404, ProxyMetrics.Cause.UNKNOWN_HOST, "There is no preview here.");
            return;
        }
        route = found.get();
        gate();
    }

    private Optional<Route> lookup() {
        return arrival.lookup(parts.directory(), verdict.host());
    }

    private void gate() {
        if (route.state() == RouteState.CLOSED) {
            reply.closed();
            return;
        }
        CompletionStage<Decision> decision;
        try {
            decision = parts.gatekeeper()
                    .admit(new ViewerRequest(
                            route,
                            request.method().name(),
                            verdict.uri(),
                            request.headers(),
                            viewer.address(),
                            viewer.scheme(),
                            viewer.authority(),
                            verdict.body()));
        } catch (RuntimeException e) {
            decided(null, e);
            return;
        }
        CompletableFuture<Decision> future = decision.toCompletableFuture();
        if (future.isDone() && !future.isCompletedExceptionally()) {
            decided(future.join(), null);
        } else {
            future.whenComplete((d, e) -> plane.loop().runOnContext(v -> decided(d, e)));
        }
    }

    private void decided(Decision decision, Throwable problem) {
        if (reply.over()) {
            return;
        }
        if (decision instanceof Decision.Respond respond) {
            reply.respond(respond);
        } else if (decision instanceof Decision.Admit admitted) {
            admit = admitted;
            admitted();
        } else {
            reply.gatekeeperFailed(problem);
        }
    }

    private void admitted() {
        if (Reserved.isReservedPath(verdict.uri())) {
            if (Reserved.isStatus(verdict.uri())) {
                reply.status();
            } else {
                reply.refuse(404, ProxyMetrics.Cause.DENIED, "There is nothing here.");
            }
        } else if (route.state() == RouteState.PROVISIONING) {
            reply.provisioning();
        } else if (parts.waker().believedActive(route)) {
            forward(false);
        } else if (mayWake()) {
            wake();
        } else {
            notWokenForThis();
        }
    }

    private void wake() {
        forwarding = null;
        try {
            plane.resolver().allow(route.upstream());
        } catch (UpstreamForbiddenException e) {
            reply.upstreamFailed(e);
            return;
        }
        waiter = new Waiter(this, plane, parts);
        waiter.begin(route, WakePolicy.isNavigation(request.method(), request.headers()));
    }

    /** The waiter's wake succeeded: the route may have changed meanwhile. */
    void woken() {
        waiter = null;
        plane.machines().answered(route);
        Optional<Route> found = lookup();
        if (found.isEmpty()) {
            reply.closed();
            return;
        }
        Route current = found.get();
        Route before = route;
        route = current;
        if (current.state() != RouteState.SERVING
                || !current.previewId().equals(before.previewId())
                || current.access() != before.access()) {
            gate();
        } else if (current.machineId().equals(before.machineId())) {
            forward(true);
        } else if (++routeChanges > MOST_ROUTE_CHANGES) {
            reply.unavailable(
                    503,
                    ProxyMetrics.Cause.WAKE_FAILED,
                    "The preview's machine keeps changing. Try again shortly.",
                    null);
        } else {
            admitted();
        }
    }

    /** The wake failed, or the waiter has waited long enough. */
    void notWoken(Throwable problem) {
        waiter = null;
        reply.wakeFailed(problem);
    }

    /** The waiter is a browser that gets a page meanwhile; the wake goes on. */
    void showWaitingPage() {
        waiter = null;
        reply.waitingPage();
    }

    private void forward(boolean gated) {
        URI upstream = route.upstream();
        UpstreamResolver.Target target = plane.resolver().cached(upstream);
        if (target != null) {
            forward(target, gated);
            return;
        }
        plane.resolver().resolve(upstream).onComplete(resolved -> plane.loop().runOnContext(v -> {
            if (reply.over()) {
                return;
            }
            if (resolved.succeeded()) {
                forward(resolved.result(), gated);
            } else {
                reply.upstreamFailed(resolved.cause());
            }
        }));
    }

    private void forward(UpstreamResolver.Target target, boolean gated) {
        boolean sendOnce = verdict.body() || !isIdempotent();
        if (!gated && sendOnce && !plane.machines().isFresh(route)) {
            // What is sent once only must not find out by itself that the machine fell asleep.
            Probe.ask(plane, target, route, parts.credentials().authorization(route))
                    .onComplete(answer -> {
                        if (reply.over()) {
                            return;
                        }
                        if (answer.succeeded() && answer.result()) {
                            send(target, false);
                        } else {
                            regate();
                        }
                    });
        } else {
            send(target, gated);
        }
    }

    private void send(UpstreamResolver.Target target, boolean gated) {
        forwarding = new Forwarding(this, plane, parts, target, gated);
        forwarding.begin();
    }

    /** Drops the belief and goes through the wake gate once more. */
    void regate() {
        regates++;
        forwarding = null;
        parts.waker().doubt(route);
        plane.resolver().forget(route.upstream());
        if (mayWake()) {
            parts.metrics().replayed(route);
            wake();
        } else {
            notWokenForThis();
        }
    }

    /** Whether this request may wake a machine: a preflight, a favicon or a bot may not. */
    boolean mayWake() {
        return WakePolicy.mayWake(request.method(), verdict.uri(), request.headers(), route.access());
    }

    private void notWokenForThis() {
        reply.unavailable(
                503, ProxyMetrics.Cause.NOT_WOKEN, "The preview sleeps; this kind of request does not wake it.", null);
    }

    /** Whether {@link #regate} may still be called for this request. */
    boolean mayRegate() {
        return regates == 0;
    }

    /** Sends an unanswered, replayable request once more, over another connection. */
    boolean resend(UpstreamResolver.Target target) {
        if (resends++ > 0) {
            return false;
        }
        parts.metrics().replayed(route);
        send(target, true);
        return true;
    }

    /** Sends an unanswered, replayable request once more to a machine that is known to be awake; a few times at most. */
    boolean resendAwake(UpstreamResolver.Target target, boolean gated) {
        if (awakeResends++ >= MOST_AWAKE_RESENDS) {
            return false;
        }
        parts.metrics().replayed(route);
        send(target, gated);
        return true;
    }

    boolean isIdempotent() {
        return switch (request.method().name()) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PROPFIND" -> true;
            default -> false;
        };
    }

    /** Whether this is a WebSocket handshake that can be tunnelled. */
    boolean isUpgrade() {
        return request.version() == HttpVersion.HTTP_1_1
                && !verdict.body()
                && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))
                && "GET".equals(request.method().name())
                && Connections.lists(request.headers(), "upgrade");
    }

    /** Takes note of the tunnel that this request became. */
    void becameTunnel(Tunnel opened) {
        tunnel = opened;
        plane.opened(opened, request.connection());
    }

    /** Looks at limits; called about once a second. */
    void check(long now) {
        if (admit.revoked() != null && admit.revoked().toCompletableFuture().isDone()) {
            reply.fail(ProxyMetrics.Cause.REVOKED);
        } else if (forwarding != null) {
            forwarding.check(now);
        }
    }

    private void viewerGone() {
        if (!reply.over()) {
            reply.gone();
        }
    }

    /** The drain is over: a waiter is told to come back, anything else is aborted. */
    void abandon() {
        if (waiter != null) {
            reply.unavailable(
                    503, ProxyMetrics.Cause.WAKE_FAILED, "The router restarts. Try again.", Duration.ofSeconds(1));
        } else {
            reply.abort();
        }
    }

    /** Ends whatever is still under way for this exchange; called once by the reply. */
    void release() {
        if (waiter != null) {
            waiter.leave();
            waiter = null;
        }
        if (forwarding != null) {
            forwarding.abort();
        }
        if (tunnel != null) {
            tunnel.abort();
        }
        connection.ended(plane.coarseNow());
        plane.ended(this);
    }

    HttpServerRequest request() {
        return request;
    }

    RequestValidation.Verdict verdict() {
        return verdict;
    }

    HeaderPolicy.Viewer viewer() {
        return viewer;
    }

    Route route() {
        return route;
    }

    Decision.Admit admit() {
        return admit;
    }

    Reply reply() {
        return reply;
    }

    String peer() {
        return viewer == null ? connection.peer() : viewer.address();
    }
}
