package io.jenkins.plugins.dedalus.proxy.viewer;

import io.jenkins.plugins.dedalus.proxy.io.Connections;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** What may be done with a request, by what it is. */
public final class RequestKinds {
    private RequestKinds() {}

    /** Whether to send it twice does no more than to send it once. */
    public static boolean isIdempotent(HttpMethod method) {
        return switch (method.name()) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PROPFIND" -> true;
            default -> false;
        };
    }

    /** Whether servers expect to be told that there is no body. */
    public static boolean usuallyHasBody(HttpMethod method) {
        return method == HttpMethod.POST || method == HttpMethod.PUT || method == HttpMethod.PATCH;
    }

    /** Whether it asks for a WebSocket, by HTTP/1.1. */
    public static boolean isWebSocketHandshake(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_1_1
                && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))
                && "GET".equals(request.method().name())
                && Connections.lists(request.headers(), "upgrade");
    }
}
