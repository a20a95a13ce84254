package io.jenkins.plugins.dedalus.proxy.spi;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What a {@link Gatekeeper} says to a request: forward it, or answer this. */
public sealed interface Decision {

    /** Forward as is; nothing to strip beyond what is always stripped, no viewer known, never revoked. */
    Admit ADMIT = new Admit(null, Set.of(), Set.of(), List.of(), null);

    /**
     * Whoever asks proved nothing, but it is a genuine CORS preflight: the app gets its path and its CORS headers, the viewer
     * the CORS headers of the answer. It wakes nothing; if the app can't be asked, the answer is the same as its refusal.
     */
    Admit PREFLIGHT = new Admit(null, Set.of(), Set.of(), List.of(), null, true);

    /**
     * The viewer may see it.
     *
     * @param viewer who it is, for the access log; null when nobody in particular
     * @param stripHeaders request headers (lower case) that must not reach the upstream, e.g. {@code authorization}
     * @param stripCookies names of cookies that must not reach the upstream, besides {@link Reserved#COOKIE_PREFIX}
     * @param responseHeaders headers to add to the response, e.g. a renewed session cookie
     * @param revoked completes when the permission ends: open streams and WebSockets of this request are then cut; null
     *     when it can't be revoked
     * @param preflightOnly whether nothing but a preflight's own headers may pass, either way
     */
    record Admit(
            String viewer,
            Set<String> stripHeaders,
            Set<String> stripCookies,
            List<Map.Entry<String, String>> responseHeaders,
            CompletionStage<Void> revoked,
            boolean preflightOnly)
            implements Decision {
        /** Copies the collections. */
        public Admit {
            stripHeaders = Set.copyOf(stripHeaders);
            stripCookies = Set.copyOf(stripCookies);
            responseHeaders = List.copyOf(responseHeaders);
        }

        /** For whoever may see everything. */
        public Admit(
                String viewer,
                Set<String> stripHeaders,
                Set<String> stripCookies,
                List<Map.Entry<String, String>> responseHeaders,
                CompletionStage<Void> revoked) {
            this(viewer, stripHeaders, stripCookies, responseHeaders, revoked, false);
        }
    }

    /**
     * Answer this instead of forwarding; the machine is not woken and the request's body is not read. The data plane adds
     * {@code X-Robots-Tag} and, unless given, {@code Cache-Control: no-store}.
     *
     * @param status 200 to 599
     * @param headers the answer's headers, in order, without Content-Length
     * @param body the answer's body in UTF-8; may be empty
     */
    record Respond(int status, List<Map.Entry<String, String>> headers, String body) implements Decision {
        /** Copies the headers. */
        public Respond {
            headers = List.copyOf(headers);
        }

        /** The body's bytes. */
        public byte[] bodyBytes() {
            return body.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** A plain text answer. */
    static Respond text(int status, String sentence) {
        return new Respond(status, List.of(Map.entry("Content-Type", "text/plain; charset=utf-8")), sentence + "\n");
    }

    /** A redirect (303 after a POST, else 302) to an address that the gatekeeper vouches for. */
    static Respond redirect(int status, String location, List<Map.Entry<String, String>> headers) {
        List<Map.Entry<String, String>> all = new java.util.ArrayList<>(headers);
        all.add(Map.entry("Location", location));
        return new Respond(status, all, "");
    }
}
