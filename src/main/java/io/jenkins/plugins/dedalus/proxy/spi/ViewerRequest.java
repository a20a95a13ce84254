package io.jenkins.plugins.dedalus.proxy.spi;

import io.vertx.core.MultiMap;

/**
 * What a {@link Gatekeeper} may know of a request. It is valid until the decision is made. The request's body is not part
 * of it: it stays unread in the socket.
 *
 * @param route the route the host leads to; never closed
 * @param method the method, upper case as sent
 * @param uri path and query exactly as sent, starts with {@code /} (or is {@code *} for OPTIONS)
 * @param headers the viewer's headers as sent; read only, names compare without case
 * @param clientAddress the viewer's IP address, as seen by us or told by a trusted front proxy
 * @param scheme {@code http} or {@code https}, as the viewer sees it
 * @param authority host and, if not the scheme's default, port as the viewer sees it
 * @param hasBody whether the request announces a body
 */
public record ViewerRequest(
        Route route,
        String method,
        String uri,
        MultiMap headers,
        String clientAddress,
        String scheme,
        String authority,
        boolean hasBody) {

    /** The path as sent, without the query. */
    public String path() {
        return pathOf(uri);
    }

    /** A request target without its query. */
    public static String pathOf(String target) {
        int question = target.indexOf('?');
        return question < 0 ? target : target.substring(0, question);
    }

    /** The origin of the preview host as the viewer's browser names it. */
    public String origin() {
        return scheme + "://" + authority;
    }

    /** Whether a browser says that this is a top-level or frame navigation. */
    public boolean isNavigation() {
        return "navigate".equals(headers.get("Sec-Fetch-Mode"));
    }

    /** Names no header values: they hold credentials. */
    @Override
    public String toString() {
        return "ViewerRequest[" + method + " " + authority + path() + "]";
    }
}
