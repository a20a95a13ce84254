package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.proxy.header.Preflights;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Gatekeeper;
import io.jenkins.plugins.dedalus.proxy.spi.Reserved;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import java.time.Clock;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides who may view, by the route's {@link AccessMode}. In order: share links' and the hand-over's own addresses, the
 * bypass token, share cookies, genuine preflights (which carry no credentials by design, and are forwarded as nothing but preflights), then the mode's
 * own credential. A mode that is not configured admits nobody.
 */
public final class ViewerAccess implements Gatekeeper, AutoCloseable {
    private static final String SIGN_OUT = Reserved.PATH_PREFIX + "sign-out";

    private final Map<AccessMode, Credential> credentials = new EnumMap<>(AccessMode.class);
    private final SameSiteRule sameSite;
    private final ShareAccess shares;
    private final SessionBook sessions;
    private final JenkinsAccess handOver;
    private final EngineThreads passwords;
    private final AccessMode unknownHosts;
    private final BasicAccess basic;

    private ViewerAccess(Builder parts) {
        unknownHosts = parts.unknownHosts;
        sameSite = new SameSiteRule(Objects.requireNonNull(parts.directory, "directory"));
        shares = parts.links == null ? null : new ShareAccess(parts.links, sameSite, parts.clock);
        if (parts.user != null) {
            // A thread of its own: whoever guesses passwords must not keep the engine from its work.
            passwords = new EngineThreads("dedalus-passwords", 1);
            basic = new BasicAccess(parts.user, parts.hash, parts.signer, sameSite, passwords, parts.clock);
            credentials.put(AccessMode.BASIC, basic);
        } else {
            passwords = null;
            basic = null;
        }
        if (parts.authority == null) {
            sessions = null;
            handOver = null;
        } else {
            sessions = new SessionBook(parts.authority, parts.scheduler, parts.clock);
            handOver = new JenkinsAccess(parts.authority, sessions, sameSite, parts.signer, parts.clock);
            credentials.put(AccessMode.JENKINS, handOver);
            sessions.start();
        }
    }

    /** Starts a builder; directory, signer and scheduler are required. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public CompletionStage<Decision> admit(ViewerRequest request) {
        AccessMode mode = request.route().access();
        String path = request.path();
        if (mode == AccessMode.PUBLIC) {
            // An old share link still leads to the page it was made for.
            return done(shares != null && path.startsWith(ShareAccess.PATH) ? openPublic(request) : Decision.ADMIT);
        }
        if (!isOwnHost(request)) {
            return done(Refusals.wrongHost(request));
        }
        if (shares != null && path.startsWith(ShareAccess.PATH)) {
            return done(shares.open(request));
        }
        if (mode == AccessMode.JENKINS && handOver != null && path.equals(JenkinsAccess.CALLBACK)) {
            return handOver.callback(request);
        }
        if (path.equals(SIGN_OUT) && sameSite.allows(request)) {
            return done(JenkinsAccess.signOut(request));
        }
        Decision shared = shares == null ? null : shares.judge(request);
        if (shared != null) {
            return done(withoutPassword(mode, shared, request));
        }
        if (!Reserved.isReservedPath(path)
                && Preflights.isGenuine(request.method(), request.headers(), request.hasBody())) {
            return done(Decision.PREFLIGHT);
        }
        Credential credential = credentials.get(mode);
        if (credential == null) {
            return done(Decision.text(
                    503, "This preview is protected, but the router has no way to check viewers configured."));
        }
        CompletionStage<Decision> decision = credential.judge(request);
        return decision != null ? decision : done(credential.challenge(request));
    }

    /** A front proxy may route by number; but a sign-in belongs to a host, so every protected preview needs its own. */
    private static boolean isOwnHost(ViewerRequest request) {
        String authority = request.authority();
        int colon = authority.lastIndexOf(':');
        String host = colon < 0 ? authority : authority.substring(0, colon);
        return host.equalsIgnoreCase(request.route().host());
    }

    /** A browser sends the password that it remembers for this host whatever let the viewer in: it is not the app's business. */
    private Decision withoutPassword(AccessMode mode, Decision decision, ViewerRequest request) {
        boolean password = basic == null
                ? request.headers().getAll("Authorization").stream().anyMatch(BasicAccess::isBasic)
                : basic.carriesPassword(request);
        if (mode != AccessMode.BASIC || !password || !(decision instanceof Decision.Admit admit)) {
            return decision;
        }
        Set<String> stripped = new HashSet<>(admit.stripHeaders());
        stripped.add("authorization");
        return new Decision.Admit(
                admit.viewer(), stripped, admit.stripCookies(), admit.responseHeaders(), admit.revoked());
    }

    @Override
    public AccessMode unknownHosts() {
        return unknownHosts;
    }

    private static Decision openPublic(ViewerRequest request) {
        return Decision.redirect(302, request.origin() + "/", java.util.List.of());
    }

    private static CompletionStage<Decision> done(Decision decision) {
        return CompletableFuture.completedFuture(decision);
    }

    /** Stops asking the authority and checking passwords. */
    @Override
    public void close() {
        if (sessions != null) {
            sessions.close();
        }
        if (passwords != null) {
            passwords.close();
        }
    }

    /** What decides. */
    public static final class Builder {
        private Directory directory;
        private Signer signer;
        private EngineScheduler scheduler;
        private Clock clock = Clock.systemUTC();
        private ShareLinks links;
        private String user;
        private String hash;
        private Authority authority;
        private AccessMode unknownHosts = AccessMode.PUBLIC;

        private Builder() {}

        /** Sets where hosts of the same change request are looked up. */
        public Builder directory(Directory value) {
            directory = value;
            return this;
        }

        /** Sets what signs cookies. Replicas that share viewers share its key. */
        public Builder signer(Signer value) {
            signer = value;
            return this;
        }

        /** Sets where sessions are confirmed. */
        public Builder scheduler(EngineScheduler value) {
            scheduler = value;
            return this;
        }

        /** Sets the clock. */
        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        /** Allows share links and bypass tokens. */
        public Builder links(ShareLinks value) {
            links = value;
            return this;
        }

        /** Allows the mode basic: one user and the bcrypt hash of the password. */
        public Builder basic(String userName, String passwordHash) {
            user = userName;
            hash = passwordHash;
            return this;
        }

        /** Allows the mode jenkins. */
        public Builder authority(Authority value) {
            authority = value;
            return this;
        }

        /** Sets as what hosts that lead nowhere are treated: as previews are unless they say otherwise; public by default. */
        public Builder unknownHosts(AccessMode value) {
            unknownHosts = value;
            return this;
        }

        /** Makes the gatekeeper; it begins to confirm sessions. */
        public ViewerAccess build() {
            Objects.requireNonNull(signer, "signer");
            Objects.requireNonNull(scheduler, "scheduler");
            return new ViewerAccess(this);
        }
    }
}
