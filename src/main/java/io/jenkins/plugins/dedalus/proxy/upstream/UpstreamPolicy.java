package io.jenkins.plugins.dedalus.proxy.upstream;

import io.jenkins.plugins.dedalus.proxy.spi.Hosts;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Which upstream addresses may be connected to: https and a configured host suffix; in tests and demos also loopback. The
 * text of an address is checked here, and so is every IP address it resolves to; the connection then goes to the very
 * address that was checked, so a name can't be rebound in between.
 */
public final class UpstreamPolicy {
    private final List<String> suffixes;
    private final boolean allowLoopback;

    /**
     * Makes a policy.
     *
     * @param suffixes lower-case host names, exact, or suffixes with a leading dot
     * @param allowLoopback whether http and https to loopback is allowed
     */
    public UpstreamPolicy(List<String> suffixes, boolean allowLoopback) {
        this.suffixes = List.copyOf(suffixes);
        this.allowLoopback = allowLoopback;
    }

    /** Checks an address; throws {@link UpstreamForbiddenException} with the reason. */
    public Upstream check(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        if (!tls && !scheme.equals("http")) {
            throw forbidden(uri, "its scheme is neither https nor http");
        }
        if (uri.getRawUserInfo() != null
                || uri.getRawAuthority() != null && uri.getRawAuthority().indexOf('@') >= 0) {
            throw forbidden(uri, "it carries user information");
        }
        String host = uri.getHost();
        if (host == null || host.isEmpty()) {
            throw forbidden(uri, "it names no host");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null || !isRootPath(uri.getRawPath())) {
            throw forbidden(uri, "it has a path, a query or a fragment");
        }
        host = stripBrackets(host.toLowerCase(Locale.ROOT));
        int port = uri.getPort() < 0 ? tls ? 443 : 80 : uri.getPort();
        if (port == 0 || port > 65_535) {
            throw forbidden(uri, "its port is out of range");
        }
        String literal = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        String authority = port == (tls ? 443 : 80) ? literal : literal + ":" + port;
        if (isLoopbackName(host)) {
            if (!allowLoopback) {
                throw forbidden(uri, "it is on loopback, which is allowed in tests and demos only");
            }
            return new Upstream(host, port, tls, authority, true);
        }
        if (!tls) {
            throw forbidden(uri, "it is not https");
        }
        if (!matchesSuffix(host)) {
            throw forbidden(uri, "its host matches none of the allowed suffixes " + suffixes);
        }
        return new Upstream(host, port, true, authority, false);
    }

    /** Whether this address may stand behind the upstream's name. */
    boolean allows(Upstream upstream, InetAddress address) {
        return upstream.loopback() ? address.isLoopbackAddress() : isPublic(address);
    }

    private boolean matchesSuffix(String host) {
        for (String suffix : suffixes) {
            if (suffix.startsWith(".")
                    ? host.endsWith(suffix) && host.length() > suffix.length()
                    : host.equals(suffix)) {
                return Hosts.isCanonical(host);
            }
        }
        return false;
    }

    private static boolean isLoopbackName(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("::1")
                || host.startsWith("127.") && host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }

    private static boolean isRootPath(String path) {
        return path == null || path.isEmpty() || path.equals("/");
    }

    private static String stripBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** Whether an address is one of the open Internet: nothing private, local, shared, reserved or mapped. */
    public static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] b = address.getAddress();
        return address instanceof Inet4Address ? isPublic4(b) : address instanceof Inet6Address && isPublic6(b);
    }

    private static boolean isPublic4(byte[] b) {
        int first = b[0] & 0xff;
        int second = b[1] & 0xff;
        int third = b[2] & 0xff;
        boolean thisNetwork = first == 0;
        boolean carrierGrade = first == 100 && second >= 64 && second < 128;
        boolean protocolAssignments = first == 192 && second == 0 && (third == 0 || third == 2);
        boolean benchmarking = first == 198 && (second == 18 || second == 19);
        boolean documentation =
                first == 198 && second == 51 && third == 100 || first == 203 && second == 0 && third == 113;
        return !(thisNetwork || carrierGrade || protocolAssignments || benchmarking || documentation || first >= 240);
    }

    private static boolean isPublic6(byte[] b) {
        int first = b[0] & 0xff;
        // Only global unicast 2000::/3; this leaves out unique local, mapped and NAT64 addresses.
        if ((first & 0xe0) != 0x20) {
            return false;
        }
        int second = b[1] & 0xff;
        boolean sixToFour = first == 0x20 && second == 0x02;
        boolean teredoOrDocumentation = first == 0x20
                && second == 0x01
                && ((b[2] & 0xff) == 0 && (b[3] & 0xff) == 0 || (b[2] & 0xff) == 0x0d && (b[3] & 0xff) == 0xb8);
        return !sixToFour && !teredoOrDocumentation;
    }

    private static UpstreamForbiddenException forbidden(URI uri, String why) {
        String shown = uri.getScheme() + "://" + (uri.getHost() == null ? "?" : uri.getHost());
        return new UpstreamForbiddenException("The upstream " + shown + " is not allowed: " + why + ".");
    }
}
