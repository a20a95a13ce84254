package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.header.EdgeAnswers;
import io.jenkins.plugins.dedalus.proxy.header.HeaderPolicy;
import io.jenkins.plugins.dedalus.proxy.header.Preflights;
import io.jenkins.plugins.dedalus.proxy.io.BadAnswerException;
import io.jenkins.plugins.dedalus.proxy.io.Connections;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics.Cause;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamBusyException;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamPool;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamRequests;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamResolver;
import io.jenkins.plugins.dedalus.proxy.viewer.RequestKinds;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import javax.net.ssl.SSLException;

/** One try at getting an answer from the upstream: connect, send, hand the answer to {@link Relay}. */
final class Forwarding {
    private final Exchange exchange;
    private final DataPlane plane;
    private final ProxyParts parts;
    private final UpstreamResolver.Target target;
    private final boolean gated;
    private final boolean upgrade;
    private final Interest interest;
    private UpstreamPool.Lease lease;
    private HttpClientRequest upstream;
    private Relay relay;
    private RequestBody body;
    private long touched;
    private long sentAt;
    private boolean over;

    /**
     * Makes a try.
     *
     * @param gated whether the machine was woken for this very request
     */
    Forwarding(Exchange exchange, DataPlane plane, ProxyParts parts, UpstreamResolver.Target target, boolean gated) {
        this.exchange = exchange;
        this.plane = plane;
        this.parts = parts;
        this.target = target;
        this.gated = gated;
        this.upgrade = exchange.isUpgrade();
        this.interest = new Interest(exchange, plane);
    }

    void begin() {
        parts.metrics().inFlight(1);
        touch();
        if (upgrade) {
            plane.pool().connect(target).onComplete(this::tunnelConnected);
        } else {
            plane.pool().acquire(target, exchange.isSentOnce(), this::acquired);
        }
    }

    private void acquired(AsyncResult<UpstreamPool.Lease> acquired) {
        if (acquired.failed()) {
            if (!over) {
                notConnected(acquired.cause());
            }
        } else if (over) {
            acquired.result().giveBack(-1);
        } else {
            lease = acquired.result();
            request(lease.connection());
        }
    }

    private void tunnelConnected(AsyncResult<HttpClientConnection> connected) {
        if (connected.failed()) {
            if (!over) {
                notConnected(connected.cause());
            }
        } else if (over) {
            connected.result().close();
        } else {
            plane.upstreamOpened();
            connected.result().closeHandler(v -> plane.upstreamClosed());
            request(connected.result());
        }
    }

    private void request(HttpClientConnection connection) {
        HttpServerRequest request = exchange.request();
        connection
                .request(new RequestOptions().setMethod(request.method()).setURI(exchange.target()))
                .onComplete(made -> {
                    if (over) {
                        dropConnection();
                    } else if (made.succeeded()) {
                        guarded(() -> send(made.result()));
                    } else {
                        dropConnection();
                        broken(made.cause());
                    }
                });
    }

    /** A mistake of ours in a callback must not leave the viewer without an answer, or a connection on loan. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            abort();
            exchange.reply().crashed(e);
        }
    }

    /** Closes the upstream connection, whatever is under way on it. */
    private void dropConnection() {
        if (lease != null) {
            lease.discard();
        } else if (upstream != null) {
            UpstreamRequests.drop(upstream);
        }
    }

    private void notConnected(Throwable problem) {
        end();
        if (problem instanceof UpstreamBusyException) {
            exchange.reply()
                    .unavailable(
                            503, Cause.UPSTREAM_BUSY, "More requests wait for this preview than it can answer.", null);
        } else if (exchange.tries().mayRegate() && !(problem instanceof SSLException)) {
            exchange.regate();
        } else {
            exchange.reply().upstreamFailed(problem);
        }
    }

    private void send(HttpClientRequest to) {
        upstream = to;
        sentAt = System.nanoTime();
        to.exceptionHandler(e -> {
            // What matters arrives by the response or by its failure.
        });
        plane.machines().hit(exchange.route());
        HttpServerRequest request = exchange.request();
        HeaderPolicy.toUpstream(
                request.method(),
                exchange.isPreflight() ? Preflights.asked(request.headers()) : request.headers(),
                to.headers(),
                exchange.viewer(),
                target.upstream(),
                exchange.admit(),
                parts.credentials().authorization(exchange.route()).orElse(null),
                upgrade);
        if (upgrade) {
            to.connect().onComplete(answer -> guarded(() -> answered(answer.result(), answer.cause())));
            return;
        }
        EarlyHints.pass(to, exchange, target.upstream());
        to.response().onComplete(answer -> guarded(() -> answered(answer.result(), answer.cause())));
        if (exchange.verdict().body()) {
            body = new RequestBody(request, to, plane, v -> carried(), exchange::trailers);
            body.begin();
        } else {
            String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
            if (length != null) {
                to.putHeader(HttpHeaders.CONTENT_LENGTH, length);
            } else if (RequestKinds.usuallyHasBody(request.method())) {
                to.putHeader(HttpHeaders.CONTENT_LENGTH, "0");
            }
            to.end();
        }
    }

    private void answered(HttpClientResponse response, Throwable problem) {
        if (over) {
            return;
        }
        touch();
        if (problem != null) {
            broken(problem);
            return;
        }
        int status = response.statusCode();
        if (UpstreamRequests.isGatewayError(status)) {
            if (isDoubtful(status)) {
                abort();
                if (body != null) {
                    body.stop();
                }
                exchange.regate();
                return;
            }
            gatewayError();
        } else if (!exchange.isPreflight()) {
            parts.waker().seenActive(exchange.route());
            plane.machines().answered(exchange.route());
            if (exchange.right().isLook()) {
                parts.waker().viewed(exchange.route());
            }
        }
        if (status == 101) {
            upgraded(response);
            return;
        }
        if (exchange.isPreflight()) {
            // Whatever else the answer holds is not for whoever asks; so its connection is not worth keeping.
            abort();
            exchange.reply().preflight(response, target.upstream());
            return;
        }
        if (body != null) {
            body.answered();
        }
        relay = new Relay(exchange, plane, target, response, this);
        if (EdgeAnswers.isPossible(response)) {
            response.body().onComplete(read -> guarded(() -> edge(read)));
        } else {
            relay.begin();
        }
    }

    /** A small error in JSON: the platform's own words are for programs of its own, an app's are for the viewer. */
    private void edge(AsyncResult<Buffer> read) {
        if (over) {
            return;
        }
        if (read.failed()) {
            abort();
            exchange.reply().upstreamFailed(read.cause());
        } else if (EdgeAnswers.saysRefused(read.result())) {
            abort();
            exchange.reply()
                    .unavailable(
                            502,
                            Cause.UPSTREAM_UNREACHABLE,
                            "The preview's app takes no requests right now: it restarts, or has stopped. Send this again.",
                            null);
        } else {
            relay.whole(read.result());
        }
    }

    private void broken(Throwable problem) {
        boolean sent = body != null && body.started();
        if (body != null) {
            body.stop();
        }
        end();
        dropConnection();
        // A request without a body that is not idempotent may have been carried out: it is not sent again.
        boolean replayable = isDisconnect(problem) && !sent && (exchange.isIdempotent() || body != null);
        // While others get their answers the machine is awake: the app closed an idle connection as we took it.
        boolean awake = plane.machines().answeredSince(exchange.route(), sentAt);
        if (replayable && awake && exchange.resendAwake(target, gated)) {
            return;
        }
        if (replayable && !gated && exchange.tries().mayRegate()) {
            exchange.regate();
        } else if (!replayable || !exchange.resend(target)) {
            if (!gated && isDisconnect(problem) && !exchange.isPreflight()) {
                parts.waker().doubt(exchange.route());
            }
            exchange.reply().upstreamFailed(problem);
        }
    }

    /** Whether the connection ended, as opposed to a response that can't be understood. */
    private static boolean isDisconnect(Throwable problem) {
        return problem instanceof IOException || problem instanceof HttpClosedException;
    }

    /** Whether this answer may mean that the machine sleeps, and the request can be sent again. */
    private boolean isDoubtful(int status) {
        boolean sent = body != null && body.started();
        return !sent
                && (exchange.isIdempotent() || status == 503)
                && exchange.tries().mayRegate()
                && plane.machines().mayDoubt(exchange.route());
    }

    private void gatewayError() {
        if (exchange.isPreflight()) {
            return;
        }
        if (gated && !exchange.tries().mayRegate()) {
            plane.machines().answersErrorsItself(exchange.route());
        } else if (plane.machines().mayDoubt(exchange.route())) {
            parts.waker().doubt(exchange.route());
        }
    }

    private void upgraded(HttpClientResponse response) {
        if (!upgrade) {
            abort();
            exchange.reply()
                    .upstreamFailed(new BadAnswerException(
                            "The preview answered 101 to a request that asked for no other protocol."));
            return;
        }
        response.pause();
        HttpServerRequest request = exchange.request();
        HeaderPolicy.toViewer(
                response.headers(),
                request.response().headers(),
                exchange.viewer(),
                target.upstream(),
                exchange.admit());
        request.response().putHeader(HttpHeaders.CONNECTION, "Upgrade");
        request.response().putHeader(HttpHeaders.UPGRADE, "websocket");
        request.response().headers().remove(HttpHeaders.CONTENT_LENGTH);
        request.toNetSocket().onComplete(socket -> {
            if (socket.succeeded() && !over) {
                Tunnel tunnel = new Tunnel(exchange, plane, socket.result(), response, upstream);
                end();
                exchange.becameTunnel(tunnel);
                tunnel.begin();
            } else {
                abort();
                exchange.reply().fail(Cause.VIEWER_GONE);
            }
        });
    }

    /** The relay handed on the last byte. */
    void delivered(int status, long bytes) {
        if (upgrade || body != null && !body.sent()) {
            dropConnection();
        }
        end();
        HttpServerRequest request = exchange.request();
        boolean unread = exchange.verdict().body() && !request.isEnded();
        exchange.reply().forwarded(status, bytes);
        if (unread) {
            UnreadBody.discard(request, plane);
        }
    }

    /** The upstream's response ended; its connection is free unless the request is not. */
    void upstreamEnded(HttpClientResponse response) {
        if (lease == null) {
            return;
        }
        boolean whole = body == null || body.sent();
        // After HEAD a body may follow that must not be taken for the next answer.
        if (whole && exchange.request().method() != HttpMethod.HEAD && Connections.isKept(response)) {
            lease.giveBack(Connections.keepSeconds(response));
        } else {
            lease.discard();
        }
        lease = null;
    }

    /** Looks at the limits. */
    void check(long now) {
        if (over) {
            return;
        }
        interest.check(now);
        boolean streaming = relay != null || body != null && !body.sent();
        long limit = streaming ? plane.idleNanos(exchange.route()) : plane.responseNanos(exchange.route());
        if (relay == null
                && !gated
                && now - touched > plane.doubtNanos()
                && exchange.right().mayWake()) {
            plane.makeSure(exchange.route());
        }
        if (limit > 0 && now - touched > limit) {
            boolean answering = relay != null;
            abort();
            if (answering) {
                exchange.reply().fail(Cause.UPSTREAM_TIMEOUT);
            } else {
                exchange.reply().unavailable(504, Cause.UPSTREAM_TIMEOUT, "The preview did not answer in time.", null);
            }
        }
    }

    /** Bytes passed, in either direction. */
    void carried() {
        touch();
        interest.felt();
    }

    void touch() {
        touched = plane.coarseNow();
    }

    /** Gives up; the upstream connection is closed if anything was sent on it. */
    void abort() {
        if (over) {
            return;
        }
        end();
        dropConnection();
    }

    private void end() {
        if (!over) {
            over = true;
            parts.metrics().inFlight(-1);
        }
    }

    boolean over() {
        return over;
    }
}
