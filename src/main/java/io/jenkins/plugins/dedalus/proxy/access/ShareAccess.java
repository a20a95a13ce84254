package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.proxy.access.ShareLinks.Link;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.Reserved;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Share links and bypass tokens on a protected preview. */
final class ShareAccess {
    /** A link's address is this and its token. */
    static final String PATH = Reserved.SHARE_PREFIX;

    private final ShareLinks links;
    private final SameSiteRule sameSite;
    private final Clock clock;

    ShareAccess(ShareLinks links, SameSiteRule sameSite, Clock clock) {
        this.links = links;
        this.sameSite = sameSite;
        this.clock = clock;
    }

    /** Somebody opens a link: the token moves into a cookie, and out of the address bar. */
    Decision open(ViewerRequest request) {
        String token = request.path().substring(PATH.length());
        Optional<Link> link =
                links.verify(token, request.route().previewId(), request.route().host());
        if (link.isEmpty() || !"GET".equals(request.method())) {
            return Refusals.badLink();
        }
        String to = Query.parse(request.uri()).getOrDefault("to", "/");
        // A path of this origin and nothing else: the address is absolute, so "//elsewhere" stays here too.
        boolean clean = to.startsWith("/") && to.chars().allMatch(c -> c > ' ' && c < 127);
        return Decision.redirect(
                302,
                request.origin() + (clean ? to : "/"),
                List.of(
                        ViewerCookies.set(
                                ViewerCookies.SHARE,
                                token,
                                Duration.between(clock.instant(), link.get().expiresAt())),
                        Map.entry("Referrer-Policy", "no-referrer")));
    }

    /** Admits the holder of a link or of the bypass token; null if the request carries neither. */
    Decision judge(ViewerRequest request) {
        String previewId = request.route().previewId();
        String host = request.route().host();
        String bypass = request.headers().get(Reserved.BYPASS_HEADER);
        if (bypass != null) {
            // Only who holds a token costs memory; and it may have been withdrawn since, before there was a signal to
            // give.
            CompletableFuture<Void> cut =
                    links.isBypass(bypass, previewId, host) ? links.cutBypass(previewId, host) : null;
            return cut != null && links.isBypass(bypass, previewId, host)
                    ? new Decision.Admit("bypass", Set.of(), Set.of(), List.of(), cut)
                    : Decision.text(403, "The header X-Dedalus-Bypass does not hold this preview's token.");
        }
        Optional<Link> link = links.verify(ViewerCookies.read(request.headers(), ViewerCookies.SHARE), previewId, host);
        if (link.isEmpty()) {
            return null;
        }
        if (!sameSite.allows(request)) {
            return Refusals.crossOrigin();
        }
        return new Decision.Admit("share:" + link.get().id(), Set.of(), Set.of(), List.of(), links.cut(link.get()));
    }
}
