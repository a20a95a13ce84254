package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.header.HeaderPolicy;
import io.jenkins.plugins.dedalus.proxy.header.Trailers;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics.Cause;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamResolver;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** Hands an upstream's answer to the viewer as it comes: never held back, never re-encoded, never cleanly ended if cut off. */
final class Relay {
    private final Exchange exchange;
    private final DataPlane plane;
    private final UpstreamResolver.Target target;
    private final HttpClientResponse from;
    private final HttpServerResponse to;
    private final Forwarding forwarding;
    private long length = -1;
    private long bytes;
    private boolean closeAfterwards;
    private boolean events;
    private boolean ended;

    Relay(
            Exchange exchange,
            DataPlane plane,
            UpstreamResolver.Target target,
            HttpClientResponse from,
            Forwarding forwarding) {
        this.exchange = exchange;
        this.plane = plane;
        this.target = target;
        this.from = from;
        this.to = exchange.request().response();
        this.forwarding = forwarding;
    }

    void begin() {
        try {
            head();
        } catch (IllegalArgumentException e) {
            // A header that can't be sent on, e.g. with control characters.
            instead(e);
            return;
        }
        from.exceptionHandler(this::cutOff);
        from.handler(this::chunk);
        from.endHandler(v -> {
            forwarding.upstreamEnded(from);
            end(null);
        });
        if (length != 0) {
            // Most answers arrive with their head. If not, the head must not wait for them.
            plane.loop().runOnContext(v -> flushHead());
        }
    }

    /** Hands on an answer that has been read to its end. */
    void whole(Buffer body) {
        try {
            head();
        } catch (IllegalArgumentException e) {
            instead(e);
            return;
        }
        forwarding.upstreamEnded(from);
        bytes = body.length();
        end(body);
    }

    private void head() {
        HttpServerRequest request = exchange.request();
        int status = from.statusCode();
        to.setStatusCode(status);
        events = EventStreams.is(from.headers());
        HeaderPolicy.toViewer(from.headers(), to.headers(), exchange.viewer(), target.upstream(), exchange.admit());
        boolean bodyless = request.method() == HttpMethod.HEAD || status == 204 || status == 304;
        String announced = from.headers().get(HttpHeaders.CONTENT_LENGTH);
        if (bodyless) {
            length = 0;
        } else if (announced != null && !from.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            length = Long.parseLong(announced);
            to.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
        } else {
            to.headers().remove(HttpHeaders.CONTENT_LENGTH);
            if (request.version() == HttpVersion.HTTP_1_1) {
                to.setChunked(true);
            }
            String trailers = Trailers.announced(from.headers());
            if (trailers != null && request.version() != HttpVersion.HTTP_1_0) {
                to.putHeader("Trailer", trailers);
            }
            closeAfterwards = request.version() == HttpVersion.HTTP_1_0;
        }
        boolean unread = exchange.verdict().body() && !request.isEnded();
        if (request.version() == HttpVersion.HTTP_1_1 && (unread || plane.draining())) {
            to.putHeader(HttpHeaders.CONNECTION, "close");
        }
    }

    private void flushHead() {
        if (!ended && !forwarding.over() && !to.headWritten() && !closeAfterwards) {
            to.writeHead();
        }
    }

    private void chunk(Buffer buffer) {
        if (forwarding.over() || ended) {
            return;
        }
        if (events && EventStreams.isComment(buffer)) {
            forwarding.touch();
        } else {
            forwarding.carried();
        }
        bytes += buffer.length();
        if (bytes == length) {
            end(buffer);
            return;
        }
        to.write(buffer);
        if (to.writeQueueFull()) {
            from.pause();
            to.drainHandler(v -> from.resume());
        }
    }

    private void end(Buffer last) {
        if (forwarding.over() || ended) {
            return;
        }
        ended = true;
        if (last == null) {
            if (length < 0 && !closeAfterwards) {
                Trailers.pass(from.trailers(), to::putTrailer);
            }
            to.end();
        } else {
            to.end(last);
        }
        if (closeAfterwards) {
            exchange.request().connection().close();
        }
        forwarding.delivered(from.statusCode(), bytes);
    }

    private void cutOff(Throwable problem) {
        if (forwarding.over() || ended) {
            return;
        }
        if (to.headWritten()) {
            forwarding.abort();
            exchange.reply().fail(Cause.RESPONSE_TRUNCATED);
        } else {
            instead(problem);
        }
    }

    /** Nothing of the answer has gone out: the viewer gets one of ours. */
    private void instead(Throwable problem) {
        forwarding.abort();
        to.headers().clear();
        to.setChunked(false);
        exchange.reply().upstreamFailed(problem);
    }
}
