package io.jenkins.plugins.dedalus.proxy.spi;

/** What a viewer may expect of a route. Whether the machine sleeps is not part of it: that is asked when it matters. */
public enum RouteState {
    /** Provisioned: wake when needed, then forward. */
    SERVING,
    /** Not there yet: a waiting page or 503, and nothing is woken. */
    PROVISIONING,
    /** The last build failed and nothing serves: 503 that says so at once, and nothing is woken. The next build may help. */
    FAILED,
    /** The change request is closed: 410 with {@code Clear-Site-Data}, and nothing is woken. */
    CLOSED
}
