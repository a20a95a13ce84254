package io.jenkins.plugins.dedalus.emulator.relay;

import java.util.Locale;
import java.util.Optional;

/** What frameworks answer for a host that they don't know. */
enum RefusalPage {
    VITE(
            403,
            "text/plain",
            "Blocked request. This host (\"HOST\") is not allowed.\n"
                    + "To allow this host, add \"HOST\" to `server.allowedHosts` in vite.config.js.\n"),
    WEBPACK(403, "text/plain", "Invalid Host header"),
    STORYBOOK(403, "text/plain", "Invalid host"),
    RAILS(403, "text/html", "<header><h1>Blocked hosts: HOST</h1></header>"),
    DJANGO(
            400,
            "text/html",
            "<title>DisallowedHost at /</title><pre>Invalid HTTP_HOST header: 'HOST'. You may need to"
                    + " add 'HOST' to ALLOWED_HOSTS.</pre>");

    private final int status;
    private final String type;
    private final String page;

    RefusalPage(int status, String type, String page) {
        this.status = status;
        this.type = type;
        this.page = page;
    }

    /** The one that a fault's error code names. */
    static Optional<RefusalPage> named(String code) {
        for (RefusalPage one : values()) {
            if (one.name().toLowerCase(Locale.ROOT).equals(code)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    String body(String host) {
        return page.replace("HOST", host);
    }
}
