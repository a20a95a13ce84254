package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.header.HeaderPolicy;
import io.jenkins.plugins.dedalus.proxy.header.Preflights;
import io.jenkins.plugins.dedalus.proxy.io.BadAnswerException;
import io.jenkins.plugins.dedalus.proxy.io.Resets;
import io.jenkins.plugins.dedalus.proxy.spi.AccessLog;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics.Cause;
import io.jenkins.plugins.dedalus.proxy.spi.Reserved;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import io.jenkins.plugins.dedalus.proxy.spi.WaitingPages.Page;
import io.jenkins.plugins.dedalus.proxy.spi.WaitingPages.Progress;
import io.jenkins.plugins.dedalus.proxy.spi.WakePolicy;
import io.jenkins.plugins.dedalus.proxy.spi.WakeRefusedException;
import io.jenkins.plugins.dedalus.proxy.upstream.Upstream;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamForbiddenException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The answer to one exchange: what we say ourselves, and the book-keeping when it is over, whoever said it. */
final class Reply {
    private static final Logger LOG = Logger.getLogger(Reply.class.getName());
    private static final long HTTP2_INTERNAL_ERROR = 2;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    /** No build is over sooner. */
    private static final Duration AFTER_A_BUILD = Duration.ofSeconds(30);

    private final Exchange exchange;
    private final DataPlane plane;
    private final ProxyParts parts;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final long started = System.nanoTime();
    private final long startedMillis;
    private boolean over;
    private Cause cause;

    Reply(Exchange exchange, DataPlane plane, ProxyParts parts, HttpServerRequest request) {
        this.exchange = exchange;
        this.plane = plane;
        this.parts = parts;
        this.request = request;
        this.response = request.response();
        this.startedMillis =
                parts.accessLog() == AccessLog.OFF ? 0 : parts.clock().millis();
    }

    /** Whether nothing more may be sent for this exchange. */
    boolean over() {
        return over;
    }

    /** Refuses in plain words. */
    void refuse(int status, Cause why, String sentence) {
        failed(why);
        boolean html = status >= 500 && WakePolicy.acceptsHtml(request.headers());
        send(status, parts.pages().problem(exchange.route(), status, sentence, html), null);
    }

    /** Whatever is answered, it is because no preview is at this host. */
    void unknownHost() {
        failed(Cause.UNKNOWN_HOST);
    }

    /** What the app says about CORS, and nothing else it says. */
    void preflight(HttpClientResponse answer, Upstream upstream) {
        if (answer.statusCode() < 200 || answer.statusCode() > 299) {
            refuse(403, Cause.DENIED, "");
            return;
        }
        MultiMap said = HttpHeaders.headers();
        HeaderPolicy.toViewer(answer.headers(), said, exchange.viewer(), upstream, exchange.admit());
        for (Map.Entry<String, String> header : said) {
            if (Preflights.isAnswer(header)) {
                response.headers().add(header.getKey(), header.getValue());
            }
        }
        response.setStatusCode(204);
        response.putHeader("X-Robots-Tag", "noindex");
        finish("");
    }

    /** Nobody who asks for a preflight's sake learns why there is no answer, or whether there is a preview. */
    private void refusePreflight() {
        response.setStatusCode(403);
        response.putHeader("Cache-Control", "no-store");
        response.putHeader("X-Robots-Tag", "noindex");
        finish("");
    }

    /** No preview has this host. */
    void nothingHere() {
        refuse(404, Cause.UNKNOWN_HOST, "There is no preview here.");
    }

    /** The preview's change request is closed. */
    void closed() {
        failed(Cause.CLOSED);
        // Not "cookies": that would sign the viewer out of every preview below the same domain.
        response.putHeader("Clear-Site-Data", "\"cache\", \"storage\"");
        boolean html = WakePolicy.acceptsHtml(request.headers());
        send(410, parts.pages().problem(exchange.route(), 410, "This preview is closed.", html), null);
    }

    /** The gatekeeper's own answer. */
    void respond(Decision.Respond answer) {
        failed(Cause.DENIED);
        response.setStatusCode(answer.status());
        for (Map.Entry<String, String> header : answer.headers()) {
            response.headers().add(header.getKey(), header.getValue());
        }
        if (!response.headers().contains("Cache-Control")) {
            response.putHeader("Cache-Control", "no-store");
        }
        response.putHeader("X-Robots-Tag", "noindex");
        finish(answer.body());
    }

    /** The gatekeeper could not decide. */
    void gatekeeperFailed(Throwable problem) {
        LOG.log(
                Level.WARNING,
                "Viewer access could not be decided for " + exchange.verdict().host() + ".",
                problem);
        unavailable(
                503, Cause.GATEKEEPER_FAILED, "Who may see this preview can't be decided right now. Try again.", null);
    }

    /** The status endpoint. */
    void status() {
        Route route = exchange.route();
        Optional<Instant> since =
                route.machineId() == null ? Optional.empty() : parts.waker().wakingSince(route);
        Progress progress;
        if (route.state() == RouteState.FAILED) {
            progress = Progress.FAILED;
        } else if (route.state() == RouteState.PROVISIONING || since.isPresent()) {
            progress = Progress.WAKING;
        } else {
            progress = parts.waker().believedActive(route) ? Progress.AWAKE : Progress.ASLEEP;
        }
        send(200, parts.pages().status(route, progress, since.orElse(null)), null);
    }

    /** Something of ours is broken: the viewer is told, the operator reads why. */
    void crashed(RuntimeException problem) {
        LOG.log(Level.SEVERE, "A request could not be handled.", problem);
        if (response.headWritten()) {
            fail(Cause.INTERNAL);
        } else {
            response.headers().clear();
            refuse(500, Cause.INTERNAL, "The router made a mistake; its log says more.");
        }
    }

    /** The preview is being provisioned. */
    void provisioning() {
        if (WakePolicy.isNavigation(request.method(), request.headers())) {
            waitingPage();
        } else {
            unavailable(503, Cause.NOT_WOKEN, "The preview is being provisioned. Try again.", Duration.ofSeconds(5));
        }
    }

    /** Nothing serves until another build succeeds. */
    void buildFailed() {
        failed(Cause.BUILD_FAILED);
        boolean html = WakePolicy.acceptsHtml(request.headers());
        send(503, parts.pages().buildFailed(exchange.route(), html), AFTER_A_BUILD);
    }

    /** The browser waits on a page of its own. */
    void waitingPage() {
        Route route = exchange.route();
        parts.metrics().waitingPage(route);
        Optional<Instant> waking =
                route.machineId() == null ? Optional.empty() : parts.waker().wakingSince(route);
        Instant since = waking.orElseGet(() -> parts.clock().instant());
        send(503, parts.pages().waiting(route, since), RETRY_AFTER);
    }

    /** The wake went wrong or took too long. */
    void wakeFailed(Throwable problem) {
        Throwable cause =
                problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        if (cause instanceof WakeRefusedException refused) {
            unavailable(refused.status(), Cause.WAKE_FAILED, refused.getMessage(), refused.retryAfter());
        } else {
            LOG.log(Level.WARNING, "Waking " + exchange.route().label() + " failed.", cause);
            unavailable(503, Cause.WAKE_FAILED, "The preview could not be woken. Try again.", null);
        }
    }

    /** No answer came from the upstream. */
    void upstreamFailed(Throwable problem) {
        if (problem instanceof UpstreamForbiddenException) {
            LOG.log(Level.WARNING, "{0}: {1}", new Object[] {exchange.route().label(), problem.getMessage()});
            refuse(502, Cause.UPSTREAM_FORBIDDEN, "The preview's address is not one that may be forwarded to.");
        } else if (problem instanceof BadAnswerException) {
            refuse(502, Cause.UPSTREAM_BROKEN, problem.getMessage());
        } else if (problem instanceof ConnectException || problem instanceof java.net.UnknownHostException) {
            refuse(502, Cause.UPSTREAM_UNREACHABLE, "The preview can't be reached.");
        } else {
            refuse(502, Cause.UPSTREAM_BROKEN, "The preview broke off before it answered.");
        }
    }

    /** 503 and its like, with a hint when to come back. */
    void unavailable(int status, Cause why, String sentence, Duration retryAfter) {
        failed(why);
        boolean html = WakePolicy.acceptsHtml(request.headers());
        Page page = parts.pages().problem(exchange.route(), status, sentence, html);
        send(status, page, retryAfter == null ? RETRY_AFTER : retryAfter);
    }

    private void send(int status, Page page, Duration retryAfter) {
        if (exchange.isPreflight()) {
            refusePreflight();
            return;
        }
        response.setStatusCode(status);
        response.putHeader("Content-Type", page.contentType());
        response.putHeader("Cache-Control", "no-store");
        response.putHeader("X-Content-Type-Options", "nosniff");
        response.putHeader("X-Robots-Tag", "noindex");
        if (page.contentSecurityPolicy() != null) {
            response.putHeader("Content-Security-Policy", page.contentSecurityPolicy());
        }
        if (retryAfter != null) {
            response.putHeader("Retry-After", Long.toString(Math.max(1, (retryAfter.toMillis() + 999) / 1000)));
        }
        for (Map.Entry<String, String> header : exchange.admit().responseHeaders()) {
            response.headers().add(header.getKey(), header.getValue());
        }
        finish(page.body());
    }

    private void finish(String body) {
        if (over) {
            return;
        }
        boolean unread = exchange.verdict().refused() || exchange.verdict().body() && !request.isEnded();
        if (unread && request.version() != HttpVersion.HTTP_2) {
            response.putHeader("Connection", "close");
        }
        int status = response.getStatusCode();
        response.end(body);
        if (unread) {
            UnreadBody.discard(request, plane);
        }
        end(status, body.length());
    }

    /** The upstream's answer went out whole. */
    void forwarded(int status, long bytes) {
        if (!over) {
            end(status, bytes);
        }
    }

    /** The upstream failed in a way that the viewer must not take for a clean end. */
    void fail(Cause why) {
        failed(why);
        abort();
    }

    /** Aborts the viewer's connection, or stream. */
    void abort() {
        if (over) {
            return;
        }
        int status = response.headWritten() ? response.getStatusCode() : 0;
        end(status, response.bytesWritten());
        if (request.version() == HttpVersion.HTTP_2) {
            // Not the default: a stream reset with "no error" passes for one that ended.
            response.reset(HTTP2_INTERNAL_ERROR);
        } else if (request.version() == HttpVersion.HTTP_1_0) {
            // There, an end of the connection may be the end of the answer.
            Resets.reset(request.connection());
        } else {
            request.connection().close();
        }
    }

    /** The viewer's body can't be read any further. */
    void malformed() {
        if (over) {
            return;
        }
        if (response.headWritten()) {
            fail(Cause.BAD_REQUEST);
        } else {
            response.headers().clear();
            refuse(400, Cause.BAD_REQUEST, "The request's body is malformed.");
        }
    }

    /** The viewer left first. */
    void viewerGone() {
        if (!over) {
            failed(Cause.VIEWER_GONE);
            end(response.headWritten() ? response.getStatusCode() : 0, response.bytesWritten());
        }
    }

    private void failed(Cause why) {
        if (cause == null) {
            cause = why;
            parts.metrics().failed(exchange.route(), why);
        }
    }

    private void end(int status, long bytes) {
        over = true;
        exchange.release();
        long nanos = System.nanoTime() - started;
        Route route = exchange.route();
        parts.metrics().requestFinished(route, status, nanos);
        if (parts.accessLog() != AccessLog.OFF) {
            parts.accessLog().log(entry(route, status, bytes, nanos));
        }
    }

    /** A share link's token is a credential, also where the target is absolute or spelt in a way that leads nowhere. */
    private static String loggable(String path) {
        int share = path.indexOf(Reserved.SHARE_PREFIX);
        return share < 0 ? path : path.substring(0, share + Reserved.SHARE_PREFIX.length()) + "…";
    }

    private AccessLog.Entry entry(Route route, int status, long bytes, long nanos) {
        HttpVersion version = request.version();
        return new AccessLog.Entry(
                Instant.ofEpochMilli(startedMillis),
                exchange.peer(),
                request.method().name(),
                exchange.verdict().host(),
                loggable(ViewerRequest.pathOf(request.uri())),
                version == null ? "?" : version.name().replace("HTTP_", "HTTP/").replace('_', '.'),
                status,
                bytes,
                nanos / 1000,
                route == null ? null : route.previewId(),
                exchange.admit().viewer(),
                cause);
    }
}
