package io.jenkins.plugins.dedalus.proxy.access;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** An authority in memory that keeps every rule of the contract and can be switched off. */
public final class TestAuthority implements Authority {
    private final Clock clock;
    private final Map<String, Code> codes = new HashMap<>();
    private final Map<String, Session> sessions = new HashMap<>();
    private final Set<String> forbidden = new HashSet<>();
    private final AtomicInteger checks = new AtomicInteger();
    private int made;
    private boolean down;

    private record Code(String viewer, String host, String state, Instant at) {}

    private record Session(String viewer, String host, Instant until) {}

    public TestAuthority(Clock clock) {
        this.clock = clock;
    }

    @Override
    public URI authorizeUrl(String host, String state) {
        return URI.create("https://ci.example.com/dedalus/authorize?host=" + host + "&state=" + state);
    }

    /** The viewer signs in at the authority, which sends the browser back with this code. */
    public synchronized String signIn(String viewer, String host, String state) {
        String code = "code-" + made++;
        codes.put(code, new Code(viewer, host, state, clock.instant()));
        return code;
    }

    @Override
    public synchronized CompletionStage<Verdict> redeem(String code, String host, String state) {
        if (down) {
            return CompletableFuture.failedFuture(new java.io.IOException("down"));
        }
        Code known = codes.remove(code);
        boolean sound = known != null
                && known.host().equals(host)
                && known.state().equals(state)
                && clock.instant().isBefore(known.at().plusSeconds(60));
        if (!sound) {
            return CompletableFuture.completedFuture(new Verdict.Denied("The code is not valid."));
        }
        String token = "opaque-session-token-" + made++;
        sessions.put(token, new Session(known.viewer(), host, clock.instant().plus(Duration.ofMinutes(30))));
        return CompletableFuture.completedFuture(new Verdict.Allowed(token, known.viewer(), Duration.ofMinutes(30)));
    }

    @Override
    public synchronized CompletionStage<Verdict> check(String session, String host) {
        checks.incrementAndGet();
        if (down) {
            return CompletableFuture.failedFuture(new java.io.IOException("down"));
        }
        Session known = sessions.get(session);
        boolean sound = known != null
                && known.host().equals(host)
                && !forbidden.contains(known.viewer())
                && clock.instant().isBefore(known.until());
        return CompletableFuture.completedFuture(
                sound
                        ? new Verdict.Allowed(session, known.viewer(), Duration.between(clock.instant(), known.until()))
                        : new Verdict.Denied("No."));
    }

    public synchronized void down(boolean value) {
        down = value;
    }

    public synchronized void forbid(String viewer) {
        forbidden.add(viewer);
    }

    public int checks() {
        return checks.get();
    }
}
