package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Keeps the previews of other change requests out. They live on sibling hosts, so browsers send our cookies (and remembered
 * passwords) along with requests that their pages make. A request with such credentials is let through only if a person
 * navigated, or if it comes from the preview's own pages: the same host or another host of the same change request.
 */
final class SameSiteRule {
    private final Directory directory;

    SameSiteRule(Directory directory) {
        this.directory = directory;
    }

    /** Whether credentials that a browser attaches by itself may count for this request. */
    boolean allows(ViewerRequest request) {
        MultiMap headers = request.headers();
        if (isTopLevelNavigation(request)) {
            return true;
        }
        String origin = headers.get("Origin");
        if (origin != null) {
            return isOwn(origin, request);
        }
        String site = headers.get("Sec-Fetch-Site");
        if ("same-origin".equals(site)) {
            return true;
        }
        if (site != null && !"same-site".equals(site)) {
            // "none" without a navigation is the browser itself: a bookmark's icon, a download started by hand.
            return "none".equals(site);
        }
        // A page of another host of the same change request that loads an image sends no Origin, but a Referer; so does
        // a
        // browser too old for Sec-Fetch-Site. Hostile pages can suppress a Referer, not forge one.
        String referer = headers.get("Referer");
        return referer != null && isOwn(referer, request);
    }

    /** A program rather than a browser: none of the headers that a page's requests carry. */
    static boolean isProgram(ViewerRequest request) {
        MultiMap headers = request.headers();
        return !headers.contains("Origin")
                && !headers.contains("Referer")
                && !headers.contains("Sec-Fetch-Site")
                && !headers.contains("Sec-Fetch-Mode");
    }

    /** A person opens the page: by link, address bar or reload; not a frame, not a form's POST. */
    static boolean isTopLevelNavigation(ViewerRequest request) {
        MultiMap headers = request.headers();
        boolean safe = "GET".equals(request.method()) || "HEAD".equals(request.method());
        if (!safe || request.hasBody() || headers.contains("Upgrade")) {
            return false;
        }
        String mode = headers.get("Sec-Fetch-Mode");
        if (mode == null) {
            // Too old for these headers, or a program: only what asks for a page counts.
            String accept = headers.get("Accept");
            return !headers.contains("Origin") && accept != null && accept.startsWith("text/html");
        }
        String dest = headers.get("Sec-Fetch-Dest");
        return "navigate".equals(mode) && (dest == null || "document".equals(dest));
    }

    private boolean isOwn(String address, ViewerRequest request) {
        URI uri;
        try {
            uri = new URI(address);
        } catch (URISyntaxException e) {
            return false;
        }
        if (uri.getHost() == null
                || uri.getRawUserInfo() != null
                || !request.scheme().equalsIgnoreCase(uri.getScheme())) {
            return false;
        }
        if (effective(uri.getPort(), request) != effective(port(request), request)) {
            return false;
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        Route route = request.route();
        return host.equals(route.host())
                || directory.find(host).filter(route::sameChange).isPresent()
                        && directory.sameOwner(route.host(), host);
    }

    /** A front proxy may name the scheme's own port where browsers leave it out. */
    private static int effective(int port, ViewerRequest request) {
        return port >= 0 ? port : "https".equals(request.scheme()) ? 443 : 80;
    }

    private static int port(ViewerRequest request) {
        String authority = request.authority();
        int colon = authority.lastIndexOf(':');
        String port = colon < 0 ? "" : authority.substring(colon + 1);
        return port.isEmpty() ? -1 : Integer.parseInt(port);
    }
}
