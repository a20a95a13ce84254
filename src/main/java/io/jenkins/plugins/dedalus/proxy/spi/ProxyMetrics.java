package io.jenkins.plugins.dedalus.proxy.spi;

/** What the data plane counts. Called on event loops: cheap and without blocking. Every method defaults to nothing. */
public interface ProxyMetrics {
    /** Counts nothing. */
    ProxyMetrics NONE = new ProxyMetrics() {};

    /** Why a request did not get the upstream's answer. */
    enum Cause {
        /** Malformed or ambiguous request: 400. */
        BAD_REQUEST,
        /** No route for the host: 404. */
        UNKNOWN_HOST,
        /** Closed preview: 410. */
        CLOSED,
        /** The gatekeeper answered instead. */
        DENIED,
        /** The gatekeeper failed: 503. */
        GATEKEEPER_FAILED,
        /** A bot, prefetch or favicon for a sleeping machine: 503. */
        NOT_WOKEN,
        /** The last build failed and nothing serves: 503. */
        BUILD_FAILED,
        /** The wake failed: 502, 503 or 504. */
        WAKE_FAILED,
        /** The upstream's address is not allowed: 502. */
        UPSTREAM_FORBIDDEN,
        /** The upstream could not be reached: 502. */
        UPSTREAM_UNREACHABLE,
        /** Too many requests wait for a connection to the upstream: 503. */
        UPSTREAM_BUSY,
        /** The upstream broke off before its response began: 502. */
        UPSTREAM_BROKEN,
        /** The upstream did not answer in time: 504. */
        UPSTREAM_TIMEOUT,
        /** The upstream broke off within its response: the viewer's connection was aborted. */
        RESPONSE_TRUNCATED,
        /** The viewer left first. */
        VIEWER_GONE,
        /** The permission was withdrawn while streaming. */
        REVOKED,
        /** A mistake of ours: 500. */
        INTERNAL
    }

    /** A request ended; {@code nanos} from its head to its last byte. Status 0: aborted before any status was sent. */
    default void requestFinished(Route route, int status, long nanos) {}

    /** Something went other than planned. */
    default void failed(Route route, Cause cause) {}

    /** The number of requests waiting for a wake changed by {@code delta}. */
    default void waiters(int delta) {}

    /** A waiting page was served. */
    default void waitingPage(Route route) {}

    /** A request went upstream once more after a stale belief. */
    default void replayed(Route route) {}

    /** The number of open WebSockets and other upgraded connections changed by {@code delta}. */
    default void tunnels(int delta) {}

    /** The number of requests being forwarded changed by {@code delta}. */
    default void inFlight(int delta) {}

    /** The number of open upstream connections changed by {@code delta}. */
    default void upstreamConnections(int delta) {}
}
