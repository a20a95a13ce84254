package io.jenkins.plugins.dedalus.proxy;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Optional;

/** Asks an app whether it is there, without the machine's API: any answer but a gateway's is one. */
final class Probe {
    private static final long MOST_BYTES = 64 * 1024;
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private Probe() {}

    static Future<Boolean> ask(
            DataPlane plane, UpstreamResolver.Target target, Route route, Optional<String> authorization) {
        return plane.client()
                .request(options(target, HttpMethod.GET, route.healthPath(), authorization))
                .compose(request ->
                        request.idleTimeout(plane.probeTimeoutMillis()).send())
                .map(response -> {
                    discard(response, plane);
                    boolean there = !isGatewayError(response.statusCode());
                    if (there) {
                        plane.machines().answered(route);
                    }
                    return there;
                });
    }

    /** Reads a small body to its end, so that the connection can be used again; closes on a large or slow one. */
    private static void discard(HttpClientResponse response, DataPlane plane) {
        long[] read = new long[1];
        long timer = plane.setTimer(LONGEST, () -> drop(response.request()));
        response.exceptionHandler(e -> plane.cancelTimer(timer));
        response.endHandler(v -> plane.cancelTimer(timer));
        response.handler(buffer -> {
            read[0] += buffer.length();
            if (read[0] > MOST_BYTES) {
                drop(response.request());
            }
        });
    }

    static RequestOptions options(
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

    static boolean isGatewayError(int status) {
        return status >= 502 && status <= 504;
    }

    /** Ends an upstream exchange at once; its connection is not used again. */
    static void drop(HttpClientRequest request) {
        request.connection().close();
    }
}
