package io.jenkins.plugins.dedalus.proxy.access;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Who knows the viewers: Jenkins, or a stand-in in tests. The proxy sends a viewer's browser there, gets a single-use code
 * back through the browser, redeems it once, and asks from time to time whether the permission still holds. Nothing here may
 * block; a stage that fails means that the authority can't be asked now, never that it said no.
 */
public interface Authority {
    /**
     * Where a viewer's browser is sent to prove who it is. The authority leads it back to
     * {@code https://<host>/.dedalus/callback?code=…&state=…}; it makes that address from its own configuration, never from
     * the request.
     *
     * @param host the preview host, canonical, without port
     * @param state opaque, handed back unchanged
     */
    URI authorizeUrl(String host, String state);

    /**
     * Redeems a code. The authority refuses a code that is unknown, older than 60 s, used before, or made for another host or
     * state.
     *
     * @return a {@link Verdict.Allowed} with the new session, or {@link Verdict.Denied}
     */
    CompletionStage<Verdict> redeem(String code, String host, String state);

    /**
     * Asks whether a session's viewer may still view this host.
     *
     * @return {@link Verdict.Denied} also for sessions that are unknown, ended, or made for another host
     */
    CompletionStage<Verdict> check(String session, String host);

    /** What the authority says. */
    sealed interface Verdict {
        /**
         * Yes.
         *
         * @param session the session's token: opaque, 16 to 512 characters of {@code A-Z a-z 0-9 - . _ ~}
         * @param viewer the viewer's name, for the access log; may be null
         * @param lifetime how long the session lives from now; cut to 30 minutes by the proxy
         */
        record Allowed(String session, String viewer, Duration lifetime) implements Verdict {
            /** Leaves the session's token out. */
            @Override
            public String toString() {
                return "Allowed[viewer=" + viewer + ", lifetime=" + lifetime + "]";
            }
        }

        /**
         * No.
         *
         * @param sentence why, for the viewer
         */
        record Denied(String sentence) implements Verdict {}
    }
}
