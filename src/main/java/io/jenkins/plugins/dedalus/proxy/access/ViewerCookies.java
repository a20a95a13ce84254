package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.proxy.spi.Reserved;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.Map;

/** Our cookies on a preview host: read from requests, written to responses. */
final class ViewerCookies {
    static final String SESSION = Reserved.COOKIE_PREFIX + "session";
    static final String SHARE = Reserved.COOKIE_PREFIX + "share";
    static final String BASIC = Reserved.COOKIE_PREFIX + "basic";
    static final String STATE_PREFIX = Reserved.COOKIE_PREFIX + "state-";

    private ViewerCookies() {}

    /** The value of a cookie; null if it isn't there or is given twice, which no browser does to {@code __Host-} cookies. */
    static String read(MultiMap headers, String name) {
        String found = null;
        for (String header : headers.getAll("Cookie")) {
            for (String pair : header.split(";")) {
                String trimmed = pair.trim();
                if (trimmed.startsWith(name)
                        && trimmed.length() > name.length()
                        && trimmed.charAt(name.length()) == '=') {
                    if (found != null) {
                        return null;
                    }
                    found = trimmed.substring(name.length() + 1);
                }
            }
        }
        return found;
    }

    static Map.Entry<String, String> set(String name, String value, Duration life) {
        return Map.entry(
                "Set-Cookie",
                name + "=" + value + "; Path=/; Max-Age=" + Math.max(0, life.toSeconds())
                        + "; Secure; HttpOnly; SameSite=Lax");
    }

    static Map.Entry<String, String> clear(String name) {
        return set(name, "", Duration.ZERO);
    }
}
