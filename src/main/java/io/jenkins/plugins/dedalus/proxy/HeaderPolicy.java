package io.jenkins.plugins.dedalus.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Rebuilds header sections on their way through. Nothing passes that belongs to one hop, that claims to know the viewer,
 * that is ours or Jenkins', or by which a preview could act on its siblings or on a proxy in front of us.
 */
final class HeaderPolicy {
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
            "forwarded",
            "x-real-ip",
            "x-client-ip",
            "true-client-ip",
            "x-original-url",
            "x-rewrite-url",
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
            "x-accel-redirect",
            "x-accel-buffering",
            "x-accel-charset",
            "x-accel-expires",
            "x-accel-limit-rate",
            "x-sendfile",
            "x-lighttpd-send-file",
            "x-reproxy-url",
            "x-robots-tag",
            "public-key-pins",
            "public-key-pins-report-only",
            "nel",
            "report-to");

    private static final String FORWARDED_PREFIX = "x-forwarded-";

    private HeaderPolicy() {}

    /** How the viewer sees us, and who the viewer is. */
    record Viewer(String scheme, String authority, String address) {
        String origin() {
            return scheme + "://" + authority;
        }
    }

    /**
     * Fills {@code to} with what the upstream gets; framing headers (Content-Length, Transfer-Encoding) are the caller's.
     *
     * @param upgrade whether this is an upgrade that will be tunnelled
     * @param credential the Authorization for the upstream; null to leave the viewer's
     */
    static void toUpstream(
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
            } else if (!isDroppedFromRequest(name, connection) && (strip.isEmpty() || !strip.contains(lower(name)))) {
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
        String address = viewer.address();
        to.add("X-Forwarded-For", address);
        to.add("X-Forwarded-Host", viewer.authority());
        to.add("X-Forwarded-Proto", viewer.scheme());
        to.add("X-Real-IP", address);
        String node = address.indexOf(':') >= 0 ? "\"[" + address + "]\"" : address;
        to.add("Forwarded", "for=" + node + ";host=\"" + viewer.authority() + "\";proto=" + viewer.scheme());
        if (upgrade) {
            to.add(HttpHeaders.CONNECTION, "Upgrade");
            to.add(HttpHeaders.UPGRADE, from.get(HttpHeaders.UPGRADE));
        }
    }

    /** Fills {@code to} with what the viewer gets, framing headers other than Content-Length being the caller's. */
    static void toViewer(MultiMap from, MultiMap to, Viewer viewer, Upstream upstream, Decision.Admit admit) {
        Set<String> connection = listed(from);
        for (Map.Entry<String, String> header : from) {
            String name = header.getKey();
            if (RESPONSE_DROPPED.contains(name)
                    || startsWith(name, Reserved.HEADER_PREFIX)
                    || isListed(name, connection)) {
                continue;
            }
            String value = header.getValue();
            switch (name.length()) {
                case 8:
                    value = name.equalsIgnoreCase("location") ? location(value, viewer, upstream) : value;
                    break;
                case 10:
                    value = name.equalsIgnoreCase("set-cookie") ? Cookies.forViewer(value) : value;
                    break;
                case 16:
                    value = name.equalsIgnoreCase("content-location") ? location(value, viewer, upstream) : value;
                    break;
                case 27:
                    value = name.equalsIgnoreCase("access-control-allow-origin") && value.equals(upstream.origin())
                            ? viewer.origin()
                            : value;
                    break;
                default:
                    break;
            }
            if (value != null) {
                to.add(name, value);
            }
        }
        to.add("X-Robots-Tag", "noindex");
        for (Map.Entry<String, String> header : admit.responseHeaders()) {
            to.add(header.getKey(), header.getValue());
        }
    }

    /** The {@code Location} for the viewer: mapped to our host if it names the upstream, else unchanged. */
    static String location(String value, Viewer viewer, Upstream upstream) {
        String rest = afterOrigin(value, upstream.authority());
        return rest == null ? value : viewer.origin() + rest;
    }

    /** Many apps read X_Forwarded_For as X-Forwarded-For: both are the same name here. */
    private static boolean isDroppedFromRequest(String given, Set<String> connection) {
        String name = given.indexOf('_') < 0 ? given : given.replace('_', '-');
        return REQUEST_DROPPED.contains(name)
                || startsWith(name, FORWARDED_PREFIX)
                || startsWith(name, Reserved.HEADER_PREFIX)
                || isListed(given, connection);
    }

    private static String mapped(String name, String value, Viewer viewer, Upstream upstream) {
        boolean origin = name.equalsIgnoreCase("origin");
        if (!origin && !name.equalsIgnoreCase("referer")) {
            return value;
        }
        String rest = afterOrigin(value, viewer.authority());
        if (rest == null || origin && !rest.isEmpty()) {
            return value;
        }
        // A path of ours may hold a share link's or a hand-over's secret.
        return upstream.origin() + (Reserved.isReservedPath(rest) ? "/" : rest);
    }

    /** What follows scheme and authority if the value names exactly this authority, be it with the scheme's own port. */
    private static String afterOrigin(String value, String authority) {
        int from;
        String port = "443";
        if (startsWith(value, "https://")) {
            from = 8;
        } else if (startsWith(value, "http://")) {
            from = 7;
            port = "80";
        } else if (startsWith(value, "//")) {
            from = 2;
        } else {
            return null;
        }
        if (!value.regionMatches(true, from, authority, 0, authority.length())) {
            return null;
        }
        int end = from + authority.length();
        if (value.startsWith(":", end) && authority.lastIndexOf(':') <= authority.lastIndexOf(']')) {
            // The port that the scheme implies may be named, or left empty.
            end += value.startsWith(port, end + 1) ? 1 + port.length() : 1;
        }
        return end == value.length() || "/?#".indexOf(value.charAt(end)) >= 0 ? value.substring(end) : null;
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
