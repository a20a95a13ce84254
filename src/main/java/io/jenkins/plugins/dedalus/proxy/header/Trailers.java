package io.jenkins.plugins.dedalus.proxy.header;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Which fields may follow a body, in either direction. Many readers merge them into the head, behind all checks that were made
 * of it: so nothing passes that frames, routes, authenticates or names a viewer, nor what a head rules about its message.
 */
public final class Trailers {
    private static final NameSet DROPPED = NameSet.of(
            "age",
            "allow",
            "alt-svc",
            "authorization",
            "cache-control",
            "connection",
            "cookie",
            "date",
            "destination",
            "expect",
            "expires",
            "from",
            "host",
            "jenkins-crumb",
            ".crumb",
            "keep-alive",
            "last-modified",
            "link",
            "location",
            "max-forwards",
            "nel",
            "origin",
            "pragma",
            "priority",
            "proxy",
            "range",
            "referer",
            "refresh",
            "report-to",
            "reporting-endpoints",
            "retry-after",
            "server",
            "set-cookie",
            "set-cookie2",
            "sourcemap",
            "strict-transport-security",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "upgrade-insecure-requests",
            "user-agent",
            "vary",
            "via",
            "warning",
            "www-authenticate",
            "x-frame-options",
            "x-robots-tag");

    private static final String[] DROPPED_PREFIXES = {
        "accept",
        "access-control-",
        "clear-site-data",
        "content-",
        "cross-origin-",
        "hx-",
        "http2-",
        "if-",
        "permissions-policy",
        "proxy-",
        "referrer-policy",
        "sec-",
        "x-accel-",
        "x-content-type-options",
        "x-csrf",
        "x-http-method",
        "x-method-override",
        "x-pr-",
        "x-sendfile",
        "x-xsrf"
    };

    /** What begins like a rule about the content and is a fact about it. */
    private static final NameSet DIGESTS = NameSet.of("content-digest", "content-md5");

    private Trailers() {}

    /** Hands on what may pass, in order. */
    public static void pass(Iterable<Map.Entry<String, String>> from, BiConsumer<String, String> to) {
        for (Map.Entry<String, String> field : from) {
            if (mayPass(field.getKey()) && isText(field.getValue())) {
                to.accept(field.getKey(), field.getValue());
            }
        }
    }

    /** The {@code Trailer} header for the other side: those announced names that may pass; null for none. */
    public static String announced(MultiMap headers) {
        List<String> names = new ArrayList<>();
        for (String list : headers.getAll("Trailer")) {
            for (String listed : list.split(",")) {
                String name = listed.strip();
                if (!name.isEmpty() && mayPass(name)) {
                    names.add(name);
                }
            }
        }
        return names.isEmpty() ? null : String.join(", ", names);
    }

    private static boolean mayPass(String given) {
        // For many apps both are the same.
        String name = given.replace('_', '-');
        if (given.startsWith(":")
                || DROPPED.contains(name)
                || HeaderPolicy.isOurs(name)
                || HeaderPolicy.isDroppedOrMapped(name)
                || Claims.isOne(name)) {
            return false;
        }
        for (String prefix : DROPPED_PREFIXES) {
            if (name.regionMatches(true, 0, prefix, 0, prefix.length())) {
                return DIGESTS.contains(name);
            }
        }
        return true;
    }

    private static boolean isText(String value) {
        return value.chars().allMatch(c -> c == '\t' || c >= ' ' && c != 127);
    }
}
