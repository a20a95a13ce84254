package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.header.HeaderPolicy;
import io.jenkins.plugins.dedalus.proxy.upstream.Upstream;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * 103 Early Hints on their way to a viewer, so that a browser fetches what a page needs while the app still makes the page.
 * Over HTTP/2 only: older programs take an interim answer for the answer, and browsers use none over HTTP/1.
 */
final class EarlyHints {
    /** A stream has no other limit for what comes before its answer. */
    private static final int MOST_BYTES = 8 * 1024;

    private EarlyHints() {}

    static void pass(HttpClientRequest from, Exchange exchange, Upstream upstream) {
        if (exchange.request().version() == HttpVersion.HTTP_2 && !exchange.isPreflight()) {
            AtomicBoolean passed = new AtomicBoolean();
            from.earlyHintsHandler(hints -> {
                // The first only, as browsers do.
                if (!passed.getAndSet(true)) {
                    pass(hints, exchange, upstream);
                }
            });
        }
    }

    private static void pass(MultiMap hints, Exchange exchange, Upstream upstream) {
        HttpServerResponse to = exchange.request().response();
        MultiMap passed = MultiMap.caseInsensitiveMultiMap();
        HeaderPolicy.hintsToViewer(hints, passed, exchange.viewer(), upstream);
        if (!passed.isEmpty() && size(passed) <= MOST_BYTES && !exchange.reply().over() && !to.headWritten()) {
            to.writeEarlyHints(passed);
        }
    }

    private static int size(MultiMap fields) {
        int size = 0;
        for (Map.Entry<String, String> field : fields) {
            size += field.getKey().length() + field.getValue().length();
        }
        return size;
    }
}
