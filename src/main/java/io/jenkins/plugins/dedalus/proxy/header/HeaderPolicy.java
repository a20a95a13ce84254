package io.jenkins.plugins.dedalus.proxy.header;

import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.Reserved;
import io.jenkins.plugins.dedalus.proxy.upstream.Upstream;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Rebuilds header sections on their way through. Nothing passes that belongs to one hop, that claims to know the viewer,
 * that is ours or Jenkins', or by which a preview could act on its siblings or on a proxy in front of us.
 */
public final class HeaderPolicy {
    private static final NameSet REQUEST_DROPPED = NameSet.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authorization",
            "proxy-authenticate",
            "proxy",
            "te",
            "trailer",
            "transfer-encoding",
            "content-length",
            "upgrade",
            "http2-settings",
            "host",
            "expect",
            "x-pr-number",
            "x-pr-repository",
            "jenkins-crumb",
            ".crumb");

    private static final NameSet RESPONSE_DROPPED = NameSet.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authentication-info",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "alt-svc",
            "clear-site-data",
            "set-cookie2",
            "x-lighttpd-send-file",
            "x-lighttpd-send-tempfile",
            "x-reproxy-url",
            "x-reproxy-file",
            "x-robots-tag",
            "public-key-pins",
            "public-key-pins-report-only",
            "expect-ct",
            "nel",
            "report-to",
            "reporting-endpoints");

    /** Orders to a server in front of the app: to send a file of its own, to buffer, to keep. */
    private static final String[] RESPONSE_DROPPED_PREFIXES = {
        Reserved.HEADER_PREFIX, "x-accel-", "x-sendfile", "x-litespeed-"
    };

    /** What may hold an address of the upstream that a browser would follow. */
    private static final NameSet RESPONSE_MAPPED = NameSet.of(
            "refresh",
            "link",
            "sourcemap",
            "x-sourcemap",
            "timing-allow-origin",
            "access-control-allow-origin",
            "content-security-policy",
            "content-security-policy-report-only",
            "hx-redirect",
            "hx-location",
            "hx-push-url",
            "hx-replace-url",
            "turbolinks-location",
            "x-inertia-location",
            "x-up-location",
            "x-pjax-url",
            "x-action-redirect",
            "x-nextjs-redirect");

    private static final List<String> HINTS = List.of("link", "content-security-policy");

    private HeaderPolicy() {}

    /**
     * How the viewer sees us, and who the viewer is.
     *
     * @param trusted whether a trusted front proxy brought the request
     * @param below whether the host is one below a preview's own
     */
    public record Viewer(String scheme, String authority, String address, boolean trusted, boolean below) {
        public Viewer(String scheme, String authority, String address, boolean trusted) {
            this(scheme, authority, address, trusted, false);
        }

        public Viewer(String scheme, String authority, String address) {
            this(scheme, authority, address, false);
        }

        /** The same on a host below a preview's own, which tells the app something: a tenant, say. */
        public Viewer toHostBelow() {
            return new Viewer(scheme, authority, address, trusted, true);
        }

        String origin() {
            return scheme + "://" + authority;
        }
    }

    /**
     * Fills {@code to} with what the upstream gets; framing headers (Content-Length, Transfer-Encoding) are the caller's.
     *
     * <p>A request tells one story about where it was sent. One that a page of the preview makes and that an app may want to
     * check (it carries an Origin, or is unsafe and carries a Referer) is the upstream's all through: apps compare Origin
     * with Host, or with X-Forwarded-Host where there is one. Any other names the viewer's host beside, so that apps make
     * addresses that the viewer can open. On a host below the preview's own every request tells the viewer's story, for there
     * the app has to know the host.
     *
     * @param upgrade whether this is an upgrade that will be tunnelled
     * @param credential the Authorization for the upstream; null to leave the viewer's
     */
    public static void toUpstream(
            HttpMethod method,
            MultiMap from,
            MultiMap to,
            Viewer viewer,
            Upstream upstream,
            Decision.Admit admit,
            String credential,
            boolean upgrade) {
        Set<String> connection = listed(from);
        Set<String> strip = admit.stripHeaders();
        boolean cookies = false;
        for (Map.Entry<String, String> header : from) {
            String name = header.getKey();
            if (name.equalsIgnoreCase("cookie")) {
                cookies = true;
            } else if (!isDroppedFromRequest(name, header.getValue(), viewer, from, connection)
                    && (strip.isEmpty() || !strip.contains(lower(name)))) {
                to.add(name, mapped(name, header.getValue(), viewer, upstream));
            }
        }
        if (cookies && !strip.contains("cookie")) {
            String kept = Cookies.forUpstream(from.getAll(HttpHeaders.COOKIE), admit.stripCookies());
            if (kept != null) {
                to.add(HttpHeaders.COOKIE, kept);
            }
        }
        to.set(HttpHeaders.HOST, upstream.authority());
        if (credential != null) {
            to.set(HttpHeaders.AUTHORIZATION, credential);
        }
        forwarded(to, viewer, !viewer.below() && isOwnAction(method, from, viewer) ? upstream : null);
        if (upgrade) {
            to.add(HttpHeaders.CONNECTION, "Upgrade");
            to.add(HttpHeaders.UPGRADE, from.get(HttpHeaders.UPGRADE));
        } else if ("trailers".equalsIgnoreCase(from.get("TE"))) {
            to.add("TE", "trailers");
            to.add(HttpHeaders.CONNECTION, "TE");
        }
    }

    /** Whether a page of the preview acts on the preview, as far as an app can tell. */
    private static boolean isOwnAction(HttpMethod method, MultiMap from, Viewer viewer) {
        String origin = from.get(HttpHeaders.ORIGIN);
        if (origin != null) {
            return isOwnOrigin(origin, viewer);
        }
        boolean safe = method == HttpMethod.GET || method == HttpMethod.HEAD || method == HttpMethod.OPTIONS;
        String referer = safe ? null : from.get(HttpHeaders.REFERER);
        return referer != null
                && Origins.afterOrigin(referer, viewer.authority()) != null
                && !isDowngrade(referer, viewer);
    }

    private static boolean isOwnOrigin(String origin, Viewer viewer) {
        String rest = Origins.afterOrigin(origin, viewer.authority());
        return rest != null && rest.isEmpty() && !isDowngrade(origin, viewer);
    }

    /**
     * Whether an address is of our host without TLS though the viewer came with it: anybody on the way may have made that page.
     * The reverse is no other site: a front proxy that isn't trusted ends TLS.
     */
    private static boolean isDowngrade(String address, Viewer viewer) {
        return "https".equals(viewer.scheme()) && startsWith(address, "http:");
    }

    /** @param upstream whose story is told; null for the viewer's */
    private static void forwarded(MultiMap to, Viewer viewer, Upstream upstream) {
        String address = viewer.address();
        String node = address.indexOf(':') >= 0 ? "\"[" + address + "]\"" : address;
        to.add("X-Forwarded-For", address);
        to.add("X-Real-IP", address);
        if (upstream == null) {
            to.add("X-Forwarded-Host", viewer.authority());
            to.add("X-Forwarded-Proto", viewer.scheme());
            to.add("Forwarded", "for=" + node + ";host=\"" + viewer.authority() + "\";proto=" + viewer.scheme());
        } else {
            String scheme = upstream.tls() ? "https" : "http";
            to.add("X-Forwarded-Proto", scheme);
            to.add("Forwarded", "for=" + node + ";proto=" + scheme);
        }
    }

    /** Fills {@code to} with what the viewer gets, framing headers other than Content-Length being the caller's. */
    public static void toViewer(MultiMap from, MultiMap to, Viewer viewer, Upstream upstream, Decision.Admit admit) {
        Set<String> connection = listed(from);
        for (Map.Entry<String, String> header : from) {
            String name = header.getKey();
            if (RESPONSE_DROPPED.contains(name) || isDroppedByPrefix(name) || isListed(name, connection)) {
                continue;
            }
            String value = mapped(name, header.getValue(), upstream, viewer);
            if (value != null) {
                to.add(name, value);
            }
        }
        to.add("X-Robots-Tag", "noindex");
        for (Map.Entry<String, String> header : admit.responseHeaders()) {
            to.add(header.getKey(), header.getValue());
        }
    }

    /**
     * The early hints (103) for the viewer: what may be fetched meanwhile, and under which rules. Nothing else of an interim
     * answer is of use before the answer.
     */
    public static void hintsToViewer(MultiMap from, MultiMap to, Viewer viewer, Upstream upstream) {
        for (String name : HINTS) {
            for (String value : from.getAll(name)) {
                to.add(name, mapped(name, value, upstream, viewer));
            }
        }
    }

    /** Whether either side never gets a header of this name as the other one sent it. */
    static boolean isDroppedOrMapped(String name) {
        return REQUEST_DROPPED.contains(name)
                || RESPONSE_DROPPED.contains(name)
                || RESPONSE_MAPPED.contains(name)
                || isDroppedByPrefix(name);
    }

    static boolean isOurs(String name) {
        return startsWith(name, Reserved.HEADER_PREFIX);
    }

    private static boolean isDroppedByPrefix(String name) {
        for (String prefix : RESPONSE_DROPPED_PREFIXES) {
            if (startsWith(name, prefix)) {
                return true;
            }
        }
        return false;
    }

    /** A response header for the viewer; null if it must not pass. */
    private static String mapped(String name, String value, Upstream upstream, Viewer viewer) {
        switch (name.length()) {
            case 8:
                if (name.equalsIgnoreCase("location")) {
                    return location(value, viewer, upstream);
                }
                break;
            case 10:
                if (name.equalsIgnoreCase("set-cookie")) {
                    return Cookies.forViewer(value);
                }
                break;
            case 16:
                if (name.equalsIgnoreCase("content-location")) {
                    return location(value, viewer, upstream);
                }
                break;
            default:
                break;
        }
        return RESPONSE_MAPPED.contains(name)
                ? Origins.replaced(
                        value, upstream.authority(), viewer.origin(), startsWith(name, "content-security-policy"))
                : value;
    }

    /** The {@code Location} for the viewer: mapped to our host if it names the upstream, else unchanged. */
    public static String location(String value, Viewer viewer, Upstream upstream) {
        String rest = Origins.afterOrigin(value, upstream.authority());
        return rest == null ? value : viewer.origin() + rest;
    }

    private static boolean isDroppedFromRequest(
            String given, String value, Viewer viewer, MultiMap from, Set<String> connection) {
        // Many apps read X_Forwarded_For as X-Forwarded-For: both are the same name here.
        String name = given.indexOf('_') < 0 ? given : given.replace('_', '-');
        return REQUEST_DROPPED.contains(name)
                || isOurs(name)
                || Claims.isFalse(name, value, viewer, from, given.equals(name))
                || isListed(given, connection);
    }

    /** A request header for the upstream. */
    private static String mapped(String name, String value, Viewer viewer, Upstream upstream) {
        switch (name.length()) {
            case 2:
                return name.equalsIgnoreCase("if")
                        ? Origins.replaced(value, viewer.authority(), upstream.origin(), false)
                        : value;
            case 6:
                return name.equalsIgnoreCase("origin") && !viewer.below() && isOwnOrigin(value, viewer)
                        ? upstream.origin()
                        : value;
            case 7:
                return name.equalsIgnoreCase("referer") ? referer(value, viewer, upstream) : value;
            case 11:
                return name.equalsIgnoreCase("destination") ? address(value, viewer, upstream) : value;
            default:
                return value;
        }
    }

    private static String referer(String value, Viewer viewer, Upstream upstream) {
        if (viewer.below()) {
            String rest = Origins.afterOrigin(value, viewer.authority());
            return rest != null && Reserved.isReservedPath(rest) ? viewer.origin() + "/" : value;
        }
        String mapped = address(value, viewer, upstream);
        return isDowngrade(value, viewer) && !mapped.equals(value)
                ? "http://" + viewer.authority()
                        + mapped.substring(upstream.origin().length())
                : mapped;
    }

    private static String address(String value, Viewer viewer, Upstream upstream) {
        String rest = Origins.afterOrigin(value, viewer.authority());
        if (rest == null) {
            return value;
        }
        // A path of ours may hold a share link's or a hand-over's secret.
        return upstream.origin() + (Reserved.isReservedPath(rest) ? "/" : rest);
    }

    /** The header names that Connection lists; empty for the common {@code keep-alive} and {@code close}. */
    private static Set<String> listed(MultiMap headers) {
        String first = headers.get(HttpHeaders.CONNECTION);
        if (first == null) {
            return Set.of();
        }
        List<String> all = headers.getAll(HttpHeaders.CONNECTION);
        if (all.size() == 1 && (first.equalsIgnoreCase("keep-alive") || first.equalsIgnoreCase("close"))) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        for (String list : all) {
            for (String name : list.split(",")) {
                names.add(lower(name.strip()));
            }
        }
        return names;
    }

    private static boolean isListed(String name, Set<String> listed) {
        return !listed.isEmpty() && listed.contains(lower(name));
    }

    private static boolean startsWith(String text, String prefix) {
        return text.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
