package io.jenkins.plugins.dedalus.proxy.upstream;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.Optional;

/** What requests to upstreams have in common. */
public final class UpstreamRequests {
    private UpstreamRequests() {}

    public static RequestOptions options(
            UpstreamResolver.Target target, HttpMethod method, String uri, Optional<String> authorization) {
        Upstream upstream = target.upstream();
        RequestOptions options = new RequestOptions()
                .setServer(target.address())
                .setHost(upstream.host())
                .setPort(upstream.port())
                .setSsl(upstream.tls())
                .setMethod(method)
                .setURI(uri)
                .putHeader("Host", upstream.authority());
        authorization.ifPresent(value -> options.putHeader("Authorization", value));
        return options;
    }

    public static boolean isGatewayError(int status) {
        return status >= 502 && status <= 504;
    }

    /** Adds fields behind a chunked body that is about to end. */
    public static void addTrailers(HttpClientRequest request, MultiMap fields) {
        AnswerGuard.addTrailers(UpstreamPool.actual(request.connection()), fields);
    }

    /** Ends an upstream exchange at once; its connection is not used again. */
    public static void drop(HttpClientRequest request) {
        request.connection().close();
    }
}
