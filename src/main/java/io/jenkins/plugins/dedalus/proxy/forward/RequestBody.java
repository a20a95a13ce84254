package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.header.Trailers;
import io.jenkins.plugins.dedalus.proxy.io.Pump;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamRequests;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.function.Supplier;

/** Streams a viewer's body upstream, once; it stays unread in the viewer's socket until the upstream is there. */
final class RequestBody {
    private static final Duration CONTINUE_ANYWAY = Duration.ofSeconds(1);

    private final HttpServerRequest from;
    private final HttpClientRequest to;
    private final DataPlane plane;
    private final Handler<Void> touch;
    private final Supplier<MultiMap> trailers;
    private long timer;
    private boolean flowing;
    private boolean started;
    private boolean sent;
    private boolean stopped;

    /** @param trailers the fields behind the body, asked once it has ended; null for none */
    RequestBody(
            HttpServerRequest from,
            HttpClientRequest to,
            DataPlane plane,
            Handler<Void> touch,
            Supplier<MultiMap> trailers) {
        this.from = from;
        this.to = to;
        this.plane = plane;
        this.touch = touch;
        this.trailers = trailers;
    }

    void begin() {
        String length = from.headers().get(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            to.putHeader(HttpHeaders.CONTENT_LENGTH, length);
        } else {
            to.setChunked(true);
            String announced = Trailers.announced(from.headers());
            if (announced != null) {
                to.putHeader("Trailer", announced);
            }
        }
        boolean expects = from.version() == HttpVersion.HTTP_1_1
                && "100-continue".equalsIgnoreCase(from.headers().get(HttpHeaders.EXPECT));
        if (expects) {
            to.putHeader(HttpHeaders.EXPECT, "100-continue");
            to.continueHandler(v -> proceed());
            // Upstreams that don't know the expectation wait for the body.
            timer = plane.setTimer(CONTINUE_ANYWAY, this::proceed);
            to.sendHead();
        } else {
            to.sendHead();
            flow();
        }
    }

    private void proceed() {
        plane.cancelTimer(timer);
        if (!flowing && !stopped) {
            from.response().writeContinue();
            flow();
        }
    }

    private void flow() {
        flowing = true;
        Pump pump = new Pump(from, to, buffer -> {
            started = true;
            touch.handle(null);
        });
        from.handler(buffer -> {
            if (!stopped) {
                pump.handle(buffer);
            }
        });
        from.endHandler(v -> {
            if (!stopped) {
                started = true;
                sent = true;
                addTrailers();
                to.end();
            }
        });
        from.resume();
    }

    private void addTrailers() {
        MultiMap fields = to.isChunked() ? trailers.get() : null;
        if (fields != null) {
            MultiMap passed = MultiMap.caseInsensitiveMultiMap();
            Trailers.pass(fields, passed::add);
            UpstreamRequests.addTrailers(to, passed);
        }
    }

    /** A final answer came: a body that was not asked for by then is not wanted. */
    void answered() {
        if (!flowing) {
            stop();
        }
    }

    /** Whether any of it may have been sent. */
    boolean started() {
        return started;
    }

    /** Whether all of it was sent. */
    boolean sent() {
        return sent;
    }

    /** Sends no more; what is unread stays unread. */
    void stop() {
        stopped = true;
        plane.cancelTimer(timer);
        if (!from.isEnded()) {
            from.pause();
        }
    }
}
