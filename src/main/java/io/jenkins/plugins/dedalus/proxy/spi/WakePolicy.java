package io.jenkins.plugins.dedalus.proxy.spi;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.util.Locale;

/** Which requests may wake a machine, and which of them get a waiting page meanwhile. */
public final class WakePolicy {
    private static final String[] BOTS = {
        "bot",
        "crawler",
        "spider",
        "slurp",
        "facebookexternalhit",
        "embedly",
        "preview/",
        "whatsapp",
        "telegram",
        "skypeuri",
        "pingdom",
        "uptimerobot"
    };

    private WakePolicy() {}

    /** Whether a person or a program of theirs is likely to wait for the answer. */
    public static boolean mayWake(HttpMethod method, String uri, MultiMap headers, AccessMode access) {
        return !isPrefetch(headers)
                && !isDecoration(uri)
                && !isBot(headers.get("User-Agent"))
                && (access == AccessMode.PUBLIC || !isPreflight(method, headers));
    }

    /**
     * Whether a page opens a WebSocket, an event stream or what Socket.IO and SockJS put in their place, and so will by itself
     * when that ends.
     *
     * @param upgrade whether it asks for a WebSocket
     */
    public static boolean isConnecting(HttpMethod method, String uri, MultiMap headers, boolean upgrade) {
        if (upgrade) {
            // Browsers always name the page, programs rarely do.
            return headers.contains("Origin");
        }
        if (method != HttpMethod.GET || !mayBePoll(method, headers)) {
            return false;
        }
        String accept = headers.get("Accept");
        return accept != null && accept.startsWith("text/event-stream")
                || uri.contains("transport=polling")
                || uri.contains("/sockjs");
    }

    /** Whether a page sends word of itself that it doesn't wait for an answer to, as pages do when they are left. */
    public static boolean isBeacon(HttpMethod method, MultiMap headers) {
        return method == HttpMethod.POST
                && "empty".equals(headers.get("Sec-Fetch-Dest"))
                && "no-cors".equals(headers.get("Sec-Fetch-Mode"));
    }

    /** Whether a script of a page may ask this again and again; if it does cannot be seen from one request. */
    public static boolean mayBePoll(HttpMethod method, MultiMap headers) {
        return (method == HttpMethod.GET || method == HttpMethod.HEAD)
                && "empty".equals(headers.get("Sec-Fetch-Dest"))
                && !"navigate".equals(headers.get("Sec-Fetch-Mode"));
    }

    /** Whether a browser navigates here and would show an HTML page. */
    public static boolean isNavigation(HttpMethod method, MultiMap headers) {
        if (method != HttpMethod.GET) {
            return false;
        }
        String mode = headers.get("Sec-Fetch-Mode");
        return "navigate".equals(mode) && acceptsHtml(headers);
    }

    /**
     * Whether a page loads itself anew from a script, without anybody's click or key. Only Chromium's word is taken for it:
     * there a person's reload says that it is one, and names no page that it comes from.
     */
    public static boolean isReloadByScript(HttpMethod method, String uri, MultiMap headers) {
        return isNavigation(method, headers)
                && headers.contains("Sec-CH-UA")
                && !headers.contains("Sec-Fetch-User")
                && "same-origin".equals(headers.get("Sec-Fetch-Site"))
                && comesFrom(uri, headers.get("Referer"));
    }

    private static boolean comesFrom(String uri, String referer) {
        int path = referer == null ? -1 : referer.indexOf('/', referer.indexOf("://") + 3);
        return path >= 0 && referer.substring(path).equals(uri);
    }

    /** Whether the viewer says that it takes HTML. */
    public static boolean acceptsHtml(MultiMap headers) {
        String accept = headers.get("Accept");
        return accept != null && accept.contains("text/html");
    }

    /** A CORS preflight: without credentials by design, so under protected access it wakes nothing. */
    static boolean isPreflight(HttpMethod method, MultiMap headers) {
        return method == HttpMethod.OPTIONS
                && headers.contains("Origin")
                && headers.contains("Access-Control-Request-Method");
    }

    private static boolean isPrefetch(MultiMap headers) {
        String purpose = headers.get("Sec-Purpose");
        if (purpose == null) {
            purpose = headers.get("Purpose");
        }
        if (purpose == null) {
            purpose = headers.get("X-Moz");
        }
        return purpose != null && (purpose.startsWith("prefetch") || purpose.startsWith("prerender"));
    }

    private static boolean isDecoration(String uri) {
        String path = ViewerRequest.pathOf(uri);
        return path.equals("/favicon.ico") || path.equals("/robots.txt") || path.startsWith("/apple-touch-icon");
    }

    private static boolean isBot(String agent) {
        if (agent == null) {
            return false;
        }
        String lower = agent.toLowerCase(Locale.ROOT);
        if (lower.contains("cubot")) {
            // A maker of telephones.
            return false;
        }
        for (String bot : BOTS) {
            if (lower.contains(bot)) {
                return true;
            }
        }
        return false;
    }
}
