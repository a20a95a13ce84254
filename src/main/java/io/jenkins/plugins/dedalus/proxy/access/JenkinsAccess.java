package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.proxy.access.Authority.Verdict;
import io.jenkins.plugins.dedalus.proxy.access.SessionBook.Standing;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.Reserved;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * The hand-over. A viewer without a session is sent to the authority with a state that only their browser can show again;
 * back comes a code, which is redeemed once for a session of this host. Replicas share nothing: the state travels in a
 * cookie, the session is known to the authority.
 */
final class JenkinsAccess implements Credential {
    /** Where the authority sends the browser back to. */
    static final String CALLBACK = Reserved.PATH_PREFIX + "callback";

    private static final Logger LOG = Logger.getLogger(JenkinsAccess.class.getName());
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9._~-]{1,512}");

    private final Authority authority;
    private final SessionBook sessions;
    private final SameSiteRule sameSite;
    private final Signer signer;
    private final Questions questions;

    JenkinsAccess(Authority authority, SessionBook sessions, SameSiteRule sameSite, Signer signer, Clock clock) {
        this.authority = authority;
        this.sessions = sessions;
        this.sameSite = sameSite;
        this.signer = signer.derive("session");
        this.questions = new Questions(clock);
    }

    @Override
    public CompletionStage<Decision> judge(ViewerRequest request) {
        SessionCookie cookie = SessionCookie.read(request, signer);
        if (cookie == null) {
            return null;
        }
        if (!sameSite.allows(request)) {
            return CompletableFuture.completedFuture(Refusals.crossOrigin());
        }
        String host = request.route().host();
        if (!cookie.signed() && !sessions.knows(cookie.session(), host) && !questions.mayAsk(request.clientAddress())) {
            return null;
        }
        return sessions.standing(cookie.session(), host).thenApply(standing -> decide(request, standing));
    }

    private Decision decide(ViewerRequest request, Standing standing) {
        return switch (standing.state()) {
            case GOOD -> new Decision.Admit(standing.viewer(), Set.of(), Set.of(), List.of(), standing.cut());
            case DENIED -> challenge(request);
            case UNKNOWABLE -> Refusals.authorityDown();
        };
    }

    @Override
    public Decision challenge(ViewerRequest request) {
        if (!SameSiteRule.isTopLevelNavigation(request)) {
            return Refusals.signInNeeded(request.origin());
        }
        String host = request.route().host();
        SignInState begun = SignInState.begin(host, request.uri());
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        headers.add(ViewerCookies.set(begun.cookieName(), begun.cookieValue(), SignInState.LIFE));
        headers.add(Map.entry("Referrer-Policy", "no-referrer"));
        URI authorize = authority.authorizeUrl(host, begun.state());
        return Decision.redirect(302, authorize.toString(), headers);
    }

    /** The browser comes back from the authority. */
    CompletionStage<Decision> callback(ViewerRequest request) {
        Map<String, String> query = Query.parse(request.uri());
        String code = query.get("code");
        String state = query.get("state");
        SignInState begun = SignInState.resume(request, state);
        boolean sound = "GET".equals(request.method())
                && code != null
                && CODE.matcher(code).matches();
        if (begun == null || !sound) {
            return CompletableFuture.completedFuture(Refusals.staleSignIn(request.origin()));
        }
        CompletionStage<Verdict> redeemed;
        try {
            redeemed = authority.redeem(code, request.route().host(), state);
        } catch (RuntimeException e) {
            redeemed = CompletableFuture.failedFuture(e);
        }
        return redeemed.handle((verdict, failure) -> redeemed(request, begun, verdict, failure));
    }

    private Decision redeemed(ViewerRequest request, SignInState begun, Verdict verdict, Throwable failure) {
        if (failure != null) {
            LOG.log(Level.WARNING, "A sign-in for " + request.route().host() + " could not be redeemed.", failure);
            return Refusals.authorityDown();
        }
        if (verdict instanceof Verdict.Allowed allowed && SessionCookie.isSession(allowed.session())) {
            String host = request.route().host();
            sessions.enter(allowed, host);
            var life =
                    allowed.lifetime().compareTo(SessionBook.LIFETIME) < 0 ? allowed.lifetime() : SessionBook.LIFETIME;
            return Decision.redirect(
                    302,
                    request.origin() + begun.target(),
                    List.of(
                            ViewerCookies.set(
                                    ViewerCookies.SESSION, SessionCookie.write(allowed.session(), host, signer), life),
                            ViewerCookies.clear(begun.cookieName()),
                            Map.entry("Referrer-Policy", "no-referrer")));
        }
        LOG.log(
                Level.INFO,
                "The authority refused a sign-in code for {0}.",
                request.route().host());
        return Refusals.staleSignIn(request.origin());
    }

    /** Ends this browser's session here: the cookie goes, the page says so. */
    static Decision signOut(ViewerRequest request) {
        return new Decision.Respond(
                200,
                List.of(
                        Map.entry("Content-Type", "text/plain; charset=utf-8"),
                        ViewerCookies.clear(ViewerCookies.SESSION),
                        ViewerCookies.clear(ViewerCookies.BASIC),
                        ViewerCookies.clear(ViewerCookies.SHARE)),
                "You are signed out of " + request.route().host() + ".\n");
    }
}
