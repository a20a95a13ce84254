package io.jenkins.plugins.dedalus.proxy.io;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;

/** Reads the {@code Connection} and {@code Keep-Alive} headers. */
public final class Connections {
    private static final String TIMEOUT = "timeout=";
    private static final long MOST_SECONDS = 100_000;

    private Connections() {}

    /** Whether any Connection header lists this option. */
    public static boolean lists(MultiMap headers, String option) {
        for (String list : headers.getAll(HttpHeaders.CONNECTION)) {
            for (String listed : list.split(",")) {
                if (listed.strip().equalsIgnoreCase(option)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether the connection that this response came on may be used again. */
    public static boolean isKept(HttpClientResponse response) {
        String connection = response.headers().get(HttpHeaders.CONNECTION);
        if (response.version() == HttpVersion.HTTP_1_0) {
            return connection != null && lists(response.headers(), "keep-alive");
        }
        return connection == null || !lists(response.headers(), "close");
    }

    /** For how many seconds the upstream says it keeps an idle connection, less one to be safe; -1 if it says nothing. */
    public static long keepSeconds(HttpClientResponse response) {
        String hint = response.headers().get("Keep-Alive");
        int at = hint == null ? -1 : hint.indexOf(TIMEOUT);
        if (at < 0) {
            return -1;
        }
        long seconds = 0;
        for (int i = at + TIMEOUT.length(); i < hint.length() && seconds < MOST_SECONDS; i++) {
            char c = hint.charAt(i);
            if (c < '0' || c > '9') {
                break;
            }
            seconds = seconds * 10 + (c - '0');
        }
        return Math.max(0, seconds - 1);
    }
}
