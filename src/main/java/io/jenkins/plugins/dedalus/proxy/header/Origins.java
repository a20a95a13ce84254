package io.jenkins.plugins.dedalus.proxy.header;

/** Finds one authority in header values and puts another in its place: whole addresses, and those inside longer values. */
final class Origins {
    private Origins() {}

    /** What follows scheme and authority if the value names exactly this authority, be it with the scheme's own port. */
    static String afterOrigin(String value, String authority) {
        int from;
        String port = "443";
        if (startsWith(value, 0, "https://")) {
            from = 8;
        } else if (startsWith(value, 0, "http://")) {
            from = 7;
            port = "80";
        } else if (startsWith(value, 0, "//")) {
            from = 2;
        } else {
            return null;
        }
        int end = endOfAuthority(value, from, authority, port);
        return end == value.length() || end >= 0 && "/?#".indexOf(value.charAt(end)) >= 0 ? value.substring(end) : null;
    }

    /**
     * Replaces every address of {@code authority} inside a value, as in {@code 0; url=https://host/x} or {@code <https://host/x>}.
     *
     * @param origin scheme and authority to put there; a WebSocket address keeps being one
     * @param bare whether a host without a scheme counts too, as in a Content-Security-Policy
     */
    static String replaced(String value, String authority, String origin, boolean bare) {
        int at = indexOf(value, authority, 0);
        if (at < 0) {
            return value;
        }
        StringBuilder out = new StringBuilder(value.length() + 32);
        int copied = 0;
        while (at >= 0) {
            int start = startOfAddress(value, at, bare);
            int end = start < 0 ? -1 : endOfAuthority(value, at, authority, start == at ? "443" : port(value, start));
            if (end >= 0 && (end == value.length() || isBoundary(value.charAt(end)))) {
                out.append(value, copied, start).append(inPlace(value, start, at, origin));
                copied = end;
            }
            at = indexOf(value, authority, at + 1);
        }
        return out.append(value, copied, value.length()).toString();
    }

    private static String inPlace(String value, int start, int at, String origin) {
        if (start == at) {
            return origin.substring(origin.indexOf("//") + 2);
        }
        if (start == at - 2) {
            return origin.substring(origin.indexOf("//"));
        }
        return startsWith(value, start, "ws") ? "ws" + origin.substring(4) : origin;
    }

    private static String port(String value, int start) {
        return startsWith(value, start, "http:") || startsWith(value, start, "ws:") ? "80" : "443";
    }

    /** Where the scheme before the authority begins; the authority itself if none is needed; -1 if this is no address. */
    private static int startOfAddress(String value, int at, boolean bare) {
        for (String scheme : new String[] {"https://", "http://", "wss://", "ws://", "//"}) {
            int start = at - scheme.length();
            if (start >= 0 && startsWith(value, start, scheme) && (start == 0 || isBoundary(value.charAt(start - 1)))) {
                return start;
            }
        }
        return bare && (at == 0 || value.charAt(at - 1) == ' ' || value.charAt(at - 1) == ';') ? at : -1;
    }

    /** Where the authority and its scheme's own port end; -1 if another authority stands there. */
    private static int endOfAuthority(String value, int from, String authority, String port) {
        if (!startsWith(value, from, authority)) {
            return -1;
        }
        int end = from + authority.length();
        if (value.startsWith(":", end) && authority.lastIndexOf(':') <= authority.lastIndexOf(']')) {
            // The port that the scheme implies may be named, or left empty.
            end += value.startsWith(port, end + 1) ? 1 + port.length() : 1;
        }
        return end;
    }

    private static boolean isBoundary(char c) {
        return c <= ' ' || "/?#<>\"'=;,()|".indexOf(c) >= 0;
    }

    private static boolean startsWith(String text, int at, String prefix) {
        return text.regionMatches(true, at, prefix, 0, prefix.length());
    }

    private static int indexOf(String text, String part, int from) {
        for (int i = from; i <= text.length() - part.length(); i++) {
            if (startsWith(text, i, part)) {
                return i;
            }
        }
        return -1;
    }
}
