package io.jenkins.plugins.dedalus.proxy.spi;

import java.time.Instant;

/**
 * What a viewer reads while a preview is not there. The data plane decides when, sets status, {@code no-store},
 * {@code Retry-After} and {@code X-Robots-Tag}; this gives the bodies. Called on event loops: from memory, without blocking.
 */
public interface WaitingPages {
    /** How far a preview is on its way to the viewer. */
    enum Progress {
        /** Sleeping as far as is known; nothing under way. */
        ASLEEP,
        /** Being woken, or being provisioned. */
        WAKING,
        /** Requests will be forwarded. */
        AWAKE,
        /** The last build failed; only another build helps. */
        FAILED
    }

    /**
     * A body and its type.
     *
     * @param contentType the full Content-Type value
     * @param body the body, sent as UTF-8
     * @param contentSecurityPolicy the Content-Security-Policy that goes with it; null for none
     */
    record Page(String contentType, String body, String contentSecurityPolicy) {}

    /**
     * The waiting page for a navigation: it polls {@link Reserved#STATUS_PATH} and reloads itself when ready.
     *
     * @param since when this wake began
     */
    Page waiting(Route route, Instant since);

    /**
     * The status endpoint's answer (JSON).
     *
     * @param since when this wake began; null when none is under way
     */
    Page status(Route route, Progress progress, Instant since);

    /**
     * What is said while a preview's last build has failed and nothing serves.
     *
     * @param html whether the viewer takes HTML; else JSON, for programs
     */
    Page buildFailed(Route route, boolean html);

    /**
     * A page that says why there is nothing to see: unknown host, closed, wake failed, deadline.
     *
     * @param route null when the host is unknown
     * @param html whether the viewer takes HTML; else plain text
     */
    Page problem(Route route, int status, String sentence, boolean html);
}
