package io.jenkins.plugins.dedalus.proxy.spi;

import java.time.Instant;

/** Takes one entry per finished request. Called on event loops: it must not block. */
@FunctionalInterface
public interface AccessLog {
    /** Logs nothing. */
    AccessLog OFF = entry -> {};

    /** Takes an entry. */
    void log(Entry entry);

    /**
     * One request. Query strings are left out: they hold tokens.
     *
     * @param at when the request's head arrived
     * @param client the viewer's address
     * @param method the method
     * @param host the canonical host; null if there was none
     * @param path the raw path without its query
     * @param protocol e.g. {@code HTTP/1.1}
     * @param status the status sent; 0 if none was
     * @param bytesOut body bytes sent to the viewer
     * @param micros from head to last byte
     * @param previewId the preview; null if the host is unknown
     * @param viewer who; null if nobody in particular
     * @param cause why it did not get the upstream's answer; null if it did
     */
    record Entry(
            Instant at,
            String client,
            String method,
            String host,
            String path,
            String protocol,
            int status,
            long bytesOut,
            long micros,
            String previewId,
            String viewer,
            ProxyMetrics.Cause cause) {}
}
