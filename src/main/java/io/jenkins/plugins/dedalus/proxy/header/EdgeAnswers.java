package io.jenkins.plugins.dedalus.proxy.header;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;

/** Errors that the platform's edge answers in an app's place while nothing listens on the machine's port. */
public final class EdgeAnswers {
    private static final int LONGEST = 1024;
    private static final String REFUSED = "\"error_code\":\"upstream_refused\"";

    private EdgeAnswers() {}

    /** Whether this may be one, as far as its head tells; then its body is short. */
    public static boolean isPossible(HttpClientResponse response) {
        String type = response.headers().get(HttpHeaders.CONTENT_TYPE);
        String length = response.headers().get(HttpHeaders.CONTENT_LENGTH);
        return response.statusCode() == 502
                && response.request().getMethod() != HttpMethod.HEAD
                && type != null
                && type.startsWith("application/json")
                && length != null
                && length.length() <= 4
                && Integer.parseInt(length) <= LONGEST;
    }

    /** Whether the body says that the app's port took no connection. */
    public static boolean saysRefused(Buffer body) {
        return body.toString().replace(" ", "").contains(REFUSED);
    }
}
