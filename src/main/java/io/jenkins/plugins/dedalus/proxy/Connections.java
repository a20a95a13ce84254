package io.jenkins.plugins.dedalus.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

/** Reads the {@code Connection} header. */
final class Connections {
    private Connections() {}

    /** Whether any Connection header lists this option. */
    static boolean lists(MultiMap headers, String option) {
        for (String list : headers.getAll(HttpHeaders.CONNECTION)) {
            for (String listed : list.split(",")) {
                if (listed.strip().equalsIgnoreCase(option)) {
                    return true;
                }
            }
        }
        return false;
    }
}
