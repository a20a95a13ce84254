package io.jenkins.plugins.dedalus.proxy;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;

/** Asks an app whether it is there, without the machine's API: any answer but a gateway's is one. */
final class Probe {
    private Probe() {}

    static Future<Boolean> ask(DataPlane plane, UpstreamResolver.Target target, Route route) {
        return plane.client(false)
                .request(options(target, HttpMethod.HEAD, route.healthPath()))
                .compose(request -> request.putHeader("Host", target.upstream().authority())
                        .idleTimeout(plane.probeTimeoutMillis())
                        .send())
                .map(response -> {
                    boolean there = !isGatewayError(response.statusCode());
                    if (there) {
                        plane.machines().answered(route);
                    }
                    return there;
                });
    }

    static RequestOptions options(UpstreamResolver.Target target, HttpMethod method, String uri) {
        Upstream upstream = target.upstream();
        return new RequestOptions()
                .setServer(target.address())
                .setHost(upstream.host())
                .setPort(upstream.port())
                .setSsl(upstream.tls())
                .setMethod(method)
                .setURI(uri);
    }

    static boolean isGatewayError(int status) {
        return status >= 502 && status <= 504;
    }

    /** Ends an upstream exchange at once; its connection is not used again. */
    static void drop(HttpClientRequest request) {
        request.connection().close();
    }
}
