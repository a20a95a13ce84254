package io.jenkins.plugins.dedalus.proxy.header;

import io.jenkins.plugins.dedalus.proxy.spi.Reserved;
import java.util.List;
import java.util.Set;

/** Which cookies pass, in both directions. Those that pass are kept byte for byte. */
final class Cookies {
    private static final String JENKINS_SESSION = "JSESSIONID.";
    private static final String JENKINS_REMEMBER_ME = "ACEGI_SECURITY_HASHED_REMEMBER_ME_COOKIE";

    private Cookies() {}

    /**
     * The one {@code Cookie} header for the upstream: all pairs in order, without ours and Jenkins'.
     *
     * @param values the viewer's Cookie headers
     * @param strip more names to leave out
     * @return null if no cookie is left
     */
    static String forUpstream(List<String> values, Set<String> strip) {
        if (values.size() == 1 && !mayHoldStripped(values.get(0), strip)) {
            return values.get(0);
        }
        StringBuilder kept = new StringBuilder();
        for (String value : values) {
            int from = 0;
            while (from <= value.length()) {
                int end = value.indexOf(';', from);
                end = end < 0 ? value.length() : end;
                String pair = value.substring(from, end).strip();
                if (!pair.isEmpty() && !isStripped(nameOf(pair), strip)) {
                    kept.append(kept.isEmpty() ? "" : "; ").append(pair);
                }
                from = end + 1;
            }
        }
        return kept.isEmpty() ? null : kept.toString();
    }

    /**
     * A {@code Set-Cookie} of the upstream as the viewer may get it: host-only, so that no cookie reaches the preview of
     * another pull request.
     *
     * @return null if it must not pass
     */
    static String forViewer(String setCookie) {
        int semicolon = setCookie.indexOf(';');
        String pair = (semicolon < 0 ? setCookie : setCookie.substring(0, semicolon)).strip();
        if (isReserved(nameOf(pair))) {
            return null;
        }
        if (semicolon < 0 || !containsIgnoreCase(setCookie, "domain")) {
            return setCookie;
        }
        StringBuilder kept = new StringBuilder(setCookie.length()).append(setCookie, 0, semicolon);
        int from = semicolon + 1;
        while (from <= setCookie.length()) {
            int end = setCookie.indexOf(';', from);
            end = end < 0 ? setCookie.length() : end;
            String attribute = setCookie.substring(from, end);
            if (!nameOf(attribute.strip()).strip().equalsIgnoreCase("domain")) {
                kept.append(';').append(attribute);
            }
            from = end + 1;
        }
        return kept.toString();
    }

    private static boolean mayHoldStripped(String value, Set<String> strip) {
        return !strip.isEmpty()
                || containsIgnoreCase(value, Reserved.COOKIE_PREFIX)
                || value.contains(JENKINS_SESSION)
                || value.contains(JENKINS_REMEMBER_ME);
    }

    private static boolean isStripped(String name, Set<String> strip) {
        return isReserved(name)
                || name.startsWith(JENKINS_SESSION)
                || name.equals(JENKINS_REMEMBER_ME)
                || strip.contains(name);
    }

    /** Browsers send a nameless cookie {@code =a=b} as {@code a=b}: the name is then the first word of the value. */
    private static String nameOf(String pair) {
        int from = 0;
        while (from < pair.length()
                && (pair.charAt(from) == '=' || pair.charAt(from) == ' ' || pair.charAt(from) == '\t')) {
            from++;
        }
        int equals = pair.indexOf('=', from);
        return (equals < 0 ? pair.substring(from) : pair.substring(from, equals)).strip();
    }

    private static boolean isReserved(String name) {
        return name.regionMatches(true, 0, Reserved.COOKIE_PREFIX, 0, Reserved.COOKIE_PREFIX.length());
    }

    private static boolean containsIgnoreCase(String text, String part) {
        for (int i = 0; i <= text.length() - part.length(); i++) {
            if (text.regionMatches(true, i, part, 0, part.length())) {
                return true;
            }
        }
        return false;
    }
}
