package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import java.util.List;
import java.util.Map;

/** What viewers read when they are not let in. */
final class Refusals {
    private static final Map.Entry<String, String> TEXT = Map.entry("Content-Type", "text/plain; charset=utf-8");

    private Refusals() {}

    static Decision busy() {
        return new Decision.Respond(
                503,
                List.of(TEXT, Map.entry("Retry-After", "1")),
                "Too many sign-ins at once. Try again in a moment.\n");
    }

    static Decision crossOrigin() {
        return Decision.text(
                403,
                "This request came from a page of another site. Only the preview's own pages may use your sign-in.");
    }

    static Decision signInNeeded(String origin) {
        return new Decision.Respond(
                401,
                List.of(TEXT, Map.entry("WWW-Authenticate", "Preview-Session realm=\"preview\"")),
                "Sign in first: open " + origin
                        + "/ in the browser. Tests send the header X-Dedalus-Bypass instead.\n");
    }

    static Decision authorityDown() {
        return new Decision.Respond(
                503,
                List.of(TEXT, Map.entry("Retry-After", "10")),
                "Jenkins can't be asked right now whether you may view this preview. Try again in a moment.\n");
    }

    static Decision staleSignIn(String origin) {
        return Decision.text(
                400,
                "This sign-in is not one that this browser began in the last five minutes, or it was used already. Start again at "
                        + origin + "/");
    }

    static Decision wrongHost(ViewerRequest request) {
        return Decision.text(
                421,
                "This preview is protected and can be viewed only at its own address: " + request.scheme() + "://"
                        + request.route().host() + "/");
    }

    static Decision badLink() {
        return Decision.text(
                403,
                "This share link is not valid: it expired, was withdrawn, or belongs to another preview. Ask for a new one.");
    }
}
