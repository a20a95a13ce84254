package io.jenkins.plugins.dedalus.proxy.header;

import io.vertx.core.MultiMap;

/**
 * Headers in which somebody on the way claims to know who the viewer is, or what they asked for. Apps believe them, each
 * framework and cloud its own; so they pass only from a trusted front proxy, and only if they contradict nothing else it says.
 */
final class Claims {
    private static final NameSet ADDRESS = NameSet.of(
            "client-ip",
            "x-client-ip",
            "true-client-ip",
            "x-real-client-ip",
            "x-cluster-client-ip",
            "x-originating-ip",
            "x-remote-ip",
            "x-remote-addr",
            "remote-addr",
            "x-proxyuser-ip",
            "proxy-client-ip",
            "wl-proxy-client-ip",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "cf-pseudo-ipv4",
            "fastly-client-ip",
            "fly-client-ip",
            "do-connecting-ip",
            "x-appengine-user-ip",
            "x-azure-clientip",
            "x-azure-socketip",
            "x-envoy-external-address",
            "x-nf-client-connection-ip",
            "x-vercel-forwarded-for",
            "x-original-forwarded-for");

    private static final NameSet HOST =
            NameSet.of("x-host", "x-original-host", "x-http-host-override", "x-host-override");

    private static final NameSet SCHEME = NameSet.of(
            "x-scheme",
            "x-url-scheme",
            "x-original-proto",
            "front-end-https",
            "x-arr-ssl",
            "cf-visitor",
            "cloudfront-forwarded-proto");

    /** Names that no front proxy needs to say to an app behind us: ours are set anew, and another path is another request. */
    private static final NameSet NOBODYS = NameSet.of(
            "forwarded",
            "forwarded-for",
            "forwarded-host",
            "forwarded-proto",
            "x-forward-for",
            "x-forwarded",
            "x-real-ip",
            "x-original-url",
            "x-original-uri",
            "x-rewrite-url",
            "x-override-url",
            "x-envoy-original-path",
            "x-middleware-subrequest");

    private static final String FORWARDED_PREFIX = "x-forwarded-";

    private Claims() {}

    /** Whether a header of this name is a claim, be it true or false. */
    static boolean isOne(String name) {
        return isNobodys(name) || ADDRESS.contains(name) || HOST.contains(name) || SCHEME.contains(name);
    }

    private static boolean isNobodys(String name) {
        return NOBODYS.contains(name) || name.regionMatches(true, 0, FORWARDED_PREFIX, 0, FORWARDED_PREFIX.length());
    }

    /**
     * Whether this header must not reach the app.
     *
     * @param name with {@code -} for {@code _}, for many apps can't tell them apart
     * @param proper whether it came so: what came otherwise may stand beside the proxy's own word, and win
     */
    static boolean isFalse(String name, String value, HeaderPolicy.Viewer viewer, MultiMap from, boolean proper) {
        if (isNobodys(name)) {
            return true;
        }
        boolean address = ADDRESS.contains(name);
        boolean host = !address && HOST.contains(name);
        if (!address && !host && !SCHEME.contains(name)) {
            return false;
        }
        if (!viewer.trusted() || !proper || from.getAll(name).size() != 1) {
            return true;
        }
        if (address) {
            // A proxy that says X-Forwarded-For passes on what viewers send in the other headers.
            return from.contains("X-Forwarded-For") && !value.strip().equalsIgnoreCase(viewer.address());
        }
        return host && !value.strip().equalsIgnoreCase(viewer.authority());
    }
}
