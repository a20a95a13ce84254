package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.header.HeaderPolicy;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import io.jenkins.plugins.dedalus.proxy.spi.Reserved;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import io.jenkins.plugins.dedalus.proxy.spi.WakePolicy;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamForbiddenException;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamResolver;
import io.jenkins.plugins.dedalus.proxy.viewer.Arrival;
import io.jenkins.plugins.dedalus.proxy.viewer.RequestKinds;
import io.jenkins.plugins.dedalus.proxy.viewer.RequestValidation;
import io.jenkins.plugins.dedalus.proxy.viewer.ViewerConnection;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * One viewer's request from its head to the last byte of the answer: validated, routed, admitted, its machine woken,
 * forwarded. All of it happens on one event loop; nothing waits on a thread.
 */
final class Exchange {
    private final DataPlane plane;
    private final ProxyParts parts;
    private final HttpServerRequest request;
    private final ViewerConnection connection;
    private final Arrival arrival;
    private final Reply reply;
    private final WakeRight right;
    private RequestValidation.Verdict verdict;
    private HeaderPolicy.Viewer viewer;
    private Route route;
    private Decision.Admit admit = Decision.ADMIT;
    private Waiter waiter;
    private Forwarding forwarding;
    private Tunnel tunnel;
    private final Tries tries = new Tries();

    Exchange(DataPlane plane, ProxyParts parts, HttpServerRequest request, ViewerConnection connection) {
        this.plane = plane;
        this.parts = parts;
        this.request = request;
        this.connection = connection;
        this.arrival = new Arrival(connection, request);
        this.reply = new Reply(this, plane, parts, request);
        this.right = new WakeRight(this, parts);
        connection.began(request, reply::malformed);
    }

    /** Takes the request from its head on. */
    void begin() {
        verdict = RequestValidation.check(request, parts.settings().maxHeaderBytes(), connection.endsWithHead(request));
        HttpServerResponse response = request.response();
        response.exceptionHandler(e -> reply.viewerGone());
        response.closeHandler(v -> reply.viewerGone());
        if (verdict.refused()) {
            reply.refuse(verdict.status(), ProxyMetrics.Cause.BAD_REQUEST, verdict.sentence());
            return;
        }
        if (verdict.body()) {
            request.pause();
        }
        viewer = new HeaderPolicy.Viewer(
                arrival.scheme(), verdict.authority(), arrival.address(plane.trustedProxies()), connection.trusted());
        Optional<Route> found = lookup();
        if (found.isPresent()) {
            route = found.get();
            viewer = route.above() == null ? viewer : viewer.toHostBelow();
            gate(route);
        } else {
            unknown();
        }
    }

    /** Who may not know whether a preview is here learns as little as on the host of a protected one. */
    private void unknown() {
        AccessMode mode = parts.gatekeeper().unknownHosts();
        if (mode == AccessMode.PUBLIC) {
            reply.nothingHere();
            return;
        }
        reply.unknownHost();
        gate(Route.builder(verdict.host())
                .access(mode)
                .state(RouteState.PROVISIONING)
                .build());
    }

    private Optional<Route> lookup() {
        return arrival.lookup(parts.directory(), verdict.host());
    }

    /** @param asked the route, or one that stands for none */
    private void gate(Route asked) {
        if (asked.state() == RouteState.CLOSED && asked.access() == AccessMode.PUBLIC) {
            reply.closed();
            return;
        }
        ViewerRequest asking = new ViewerRequest(
                asked,
                request.method().name(),
                verdict.uri(),
                request.headers(),
                viewer.address(),
                viewer.scheme(),
                viewer.authority(),
                verdict.body());
        Gatekeepers.ask(parts.gatekeeper(), asking, plane.loop(), this::decided);
    }

    private void decided(Decision decision, Throwable problem) {
        if (reply.over()) {
            return;
        }
        if (decision instanceof Decision.Respond respond) {
            reply.respond(respond);
        } else if (decision instanceof Decision.Admit admitted) {
            admit = admitted;
            if (isPreflight()) {
                preflight();
            } else {
                admitted();
            }
        } else {
            reply.gatekeeperFailed(problem);
        }
    }

    private void preflight() {
        if (route != null
                && route.state() == RouteState.SERVING
                && parts.waker().believedActive(route)) {
            forward(false);
        } else {
            right.refuse();
        }
    }

    private void admitted() {
        if (route == null) {
            reply.nothingHere();
        } else if (route.state() == RouteState.CLOSED) {
            reply.closed();
        } else if (Reserved.isReservedPath(verdict.uri())) {
            if (Reserved.isStatus(verdict.uri())) {
                reply.status();
            } else {
                reply.refuse(404, ProxyMetrics.Cause.DENIED, "There is nothing here.");
            }
        } else if (route.state() == RouteState.PROVISIONING) {
            reply.provisioning();
        } else if (route.state() == RouteState.FAILED) {
            reply.buildFailed();
        } else {
            serve();
        }
    }

    private void serve() {
        if (right.judge()) {
            forward(false);
        } else if (right.mayWake()) {
            wake();
        } else {
            right.refuse();
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
            gate(route);
        } else if (current.machineId().equals(before.machineId())) {
            forward(true);
        } else if (!tries.followRoute()) {
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
        Optional<Route> found = lookup();
        if (found.isPresent() && found.get().state() != RouteState.SERVING) {
            // A build failed, or the change request was closed, while this waited.
            route = found.get();
            gate(route);
        } else {
            reply.wakeFailed(problem);
        }
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
        if (!gated && isSentOnce() && !plane.machines().isFresh(route)) {
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
        tries.regated();
        forwarding = null;
        if (!isPreflight()) {
            parts.waker().doubt(route);
        }
        plane.resolver().forget(route.upstream());
        if (right.mayWake()) {
            parts.metrics().replayed(route);
            wake();
        } else {
            right.refuse();
        }
    }

    Tries tries() {
        return tries;
    }

    WakeRight right() {
        return right;
    }

    /** Sends an unanswered, replayable request once more, over another connection. */
    boolean resend(UpstreamResolver.Target target) {
        if (!tries.resend()) {
            return false;
        }
        parts.metrics().replayed(route);
        send(target, true);
        return true;
    }

    /** Sends an unanswered, replayable request once more to a machine that is known to be awake; a few times at most. */
    boolean resendAwake(UpstreamResolver.Target target, boolean gated) {
        if (!tries.resendAwake()) {
            return false;
        }
        parts.metrics().replayed(route);
        send(target, gated);
        return true;
    }

    /** Whether it must not be sent a second time, or can't be. */
    boolean isSentOnce() {
        return verdict.body() || !isIdempotent();
    }

    boolean isIdempotent() {
        return RequestKinds.isIdempotent(request.method());
    }

    /** Whether this is a WebSocket handshake that can be tunnelled. */
    boolean isUpgrade() {
        return !verdict.body() && RequestKinds.isWebSocketHandshake(request);
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

    /** The fields behind the request's body, which has ended; null for none. */
    MultiMap trailers() {
        return connection.trailers(request);
    }

    /** Whether only what a preflight says may pass, either way. As it may be anybody's, it is no use of the machine. */
    boolean isPreflight() {
        return admit.preflightOnly();
    }

    /** The request target for the upstream: a preflight's query is not needed, and may be anybody's. */
    String target() {
        return isPreflight() ? ViewerRequest.pathOf(verdict.uri()) : verdict.uri();
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
