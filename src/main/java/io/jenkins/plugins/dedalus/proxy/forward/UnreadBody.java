package io.jenkins.plugins.dedalus.proxy.forward;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;

/**
 * Gets rid of a request body that nobody wants, after the answer: a little is read and dropped, so that the answer is not
 * lost to a reset; more than that, or slower than that, and the connection is closed.
 */
final class UnreadBody {
    private static final long MOST_BYTES = 256 * 1024;
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private UnreadBody() {}

    static void discard(HttpServerRequest request, DataPlane plane) {
        if (request.isEnded()) {
            close(request);
            return;
        }
        long[] read = new long[1];
        long timer = plane.setTimer(LONGEST, () -> close(request));
        request.exceptionHandler(e -> plane.cancelTimer(timer));
        request.handler(buffer -> {
            read[0] += buffer.length();
            if (read[0] > MOST_BYTES) {
                plane.cancelTimer(timer);
                close(request);
            }
        });
        request.endHandler(v -> {
            plane.cancelTimer(timer);
            close(request);
        });
        request.resume();
    }

    private static void close(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            request.connection().close();
        }
    }
}
