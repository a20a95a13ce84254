package io.jenkins.plugins.dedalus.proxy.spi;

import java.util.stream.Stream;

/** The one reading of a {@code Host} value: what routes is exact, everything odd is nobody's host. */
public final class Hosts {

    private Hosts() {}

    /** Whether {@code host} is already lower case, without port, trailing dot or anything a host name can't hold. */
    public static boolean isCanonical(String host) {
        int length = host.length();
        if (length == 0 || length > 253 || host.charAt(length - 1) == '.' || host.charAt(0) == '.') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = host.charAt(i);
            boolean ok = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_';
            if (!ok) {
                return false;
            }
        }
        return true;
    }

    /**
     * The canonical host of a {@code Host} header or an authority: port cut off, lower case, one trailing dot removed
     * (RFC 9110 and browsers treat {@code example.net.} as the same site's other spelling).
     *
     * @return null if the value is no plain host name with an optional decimal port
     */
    public static String canonical(String value) {
        if (value == null) {
            return null;
        }
        int end = value.length();
        int colon = value.lastIndexOf(':');
        if (colon >= 0) {
            if (!isPort(value, colon + 1, end)) {
                return null;
            }
            end = colon;
        }
        if (end > 0 && value.charAt(end - 1) == '.') {
            end--;
        }
        String host = value.substring(0, end);
        if (isCanonical(host)) {
            return host;
        }
        String lower = asciiLower(host);
        return isCanonical(lower) ? lower : null;
    }

    /**
     * The hosts that a host is below, the nearest first: what follows each dot.
     *
     * @param host anything; what is not in canonical form is below nothing
     */
    static Stream<String> above(String host) {
        Stream.Builder<String> above = Stream.builder();
        for (int dot = isCanonical(host) ? host.indexOf('.') : -1; dot > 0; dot = host.indexOf('.', dot + 1)) {
            above.add(host.substring(dot + 1));
        }
        return above.build();
    }

    private static boolean isPort(String value, int from, int end) {
        if (end - from > 5) {
            return false;
        }
        int port = 0;
        for (int i = from; i < end; i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
            port = port * 10 + (c - '0');
        }
        return port <= 65_535;
    }

    private static String asciiLower(String value) {
        StringBuilder lower = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            lower.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
        }
        return lower.toString();
    }
}
