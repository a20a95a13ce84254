package io.jenkins.plugins.dedalus.proxy.viewer;

import io.jenkins.plugins.dedalus.proxy.io.StrictRequestDecoder;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpServerRequest;

/** Answers what the decoder could not read; the connection is closed afterwards. */
public final class InvalidRequests {
    private InvalidRequests() {}

    public static void answer(HttpServerRequest request, ProxyMetrics metrics) {
        Throwable cause = request.decoderResult().cause();
        int status = 400;
        String sentence = "The request is malformed or ambiguous.";
        if (cause instanceof TooLongHttpLineException) {
            status = 414;
            sentence = "The request line is too long.";
        } else if (cause instanceof TooLongHttpHeaderException) {
            status = 431;
            sentence = "The request's headers are too long.";
        }
        if (cause instanceof StrictRequestDecoder.UnsupportedVersionException) {
            status = 505;
            sentence = "Only HTTP/1.1 and HTTP/1.0 are spoken here.";
        }
        metrics.failed(null, ProxyMetrics.Cause.BAD_REQUEST);
        metrics.requestFinished(null, status, 0);
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "text/plain; charset=utf-8")
                .putHeader("Connection", "close")
                .putHeader("X-Robots-Tag", "noindex")
                .end(sentence + "\n");
    }
}
