package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamRequests;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamResolver;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
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
                .request(UpstreamRequests.options(target, HttpMethod.GET, route.healthPath(), authorization))
                .compose(request ->
                        request.idleTimeout(plane.probeTimeoutMillis()).send())
                .map(response -> {
                    discard(response, plane);
                    boolean there = !UpstreamRequests.isGatewayError(response.statusCode());
                    if (there) {
                        plane.machines().answered(route);
                    }
                    return there;
                });
    }

    /** Reads a small body to its end, so that the connection can be used again; closes on a large or slow one. */
    private static void discard(HttpClientResponse response, DataPlane plane) {
        long[] read = new long[1];
        long timer = plane.setTimer(LONGEST, () -> UpstreamRequests.drop(response.request()));
        response.exceptionHandler(e -> plane.cancelTimer(timer));
        response.endHandler(v -> plane.cancelTimer(timer));
        response.handler(buffer -> {
            read[0] += buffer.length();
            if (read[0] > MOST_BYTES) {
                UpstreamRequests.drop(response.request());
            }
        });
    }
}
