package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.header.HeaderPolicy;
import io.jenkins.plugins.dedalus.proxy.upstream.Upstream;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * 103 Early Hints on their way to a viewer, so that a browser fetches what a page needs while the app still makes the page.
 * Over HTTP/2 only: older programs take an interim answer for the answer, and browsers use none over HTTP/1.
 */
final class EarlyHints {
    private EarlyHints() {}

    static void pass(HttpClientRequest from, Exchange exchange, Upstream upstream) {
        if (exchange.request().version() == HttpVersion.HTTP_2 && !exchange.isPreflight()) {
            from.earlyHintsHandler(hints -> pass(hints, exchange, upstream));
        }
    }

    private static void pass(MultiMap hints, Exchange exchange, Upstream upstream) {
        HttpServerResponse to = exchange.request().response();
        MultiMap passed = MultiMap.caseInsensitiveMultiMap();
        HeaderPolicy.hintsToViewer(hints, passed, exchange.viewer(), upstream);
        if (!passed.isEmpty() && !exchange.reply().over() && !to.headWritten()) {
            to.writeEarlyHints(passed);
        }
    }
}
