package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.preview.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.access.Authority.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What this router remembers of the sessions its authority gave out: who, until when, and when the permission was last
 * confirmed. The authority is asked again once a confirmation is 45 s old, for idle sessions too, because their streams may
 * be open; a no cuts those. While it can't be asked, a session stays good for 15 minutes after its last confirmation.
 */
final class SessionBook {
    /** With the sweep, the authority's answer and the data plane's look at it, a no takes effect within a minute. */
    static final Duration CONFIRM_EVERY = Duration.ofSeconds(45);

    static final Duration GOOD_WITHOUT_AUTHORITY = Duration.ofMinutes(15);
    static final Duration LIFETIME = Duration.ofMinutes(30);

    private static final Logger LOG = Logger.getLogger(SessionBook.class.getName());
    private static final Duration RETRY_DOWN_AFTER = Duration.ofSeconds(10);
    private static final Duration SWEEP = Duration.ofSeconds(5);
    private static final int MOST = 20_000;

    private final Authority authority;
    private final EngineScheduler scheduler;
    private final Clock clock;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private Runnable cancelSweep = () -> {};
    private volatile boolean away;
    private boolean closed;

    SessionBook(Authority authority, EngineScheduler scheduler, Clock clock) {
        this.authority = authority;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /** What is known of a session right now. */
    record Standing(State state, String viewer, CompletableFuture<Void> cut) {}

    enum State {
        GOOD,
        DENIED,
        UNKNOWABLE
    }

    private final class Entry {
        final String session;
        final String host;
        final CompletableFuture<Void> cut = new CompletableFuture<>();
        String viewer;
        Instant confirmedAt;
        Instant askAgainAt;
        Instant expiresAt;
        CompletableFuture<Standing> asking;

        Entry(String session, String host) {
            this.session = session;
            this.host = host;
            this.askAgainAt = clock.instant();
        }

        synchronized CompletableFuture<Standing> standing() {
            Instant now = clock.instant();
            if (expiresAt != null && !now.isBefore(expiresAt)) {
                return CompletableFuture.completedFuture(drop());
            }
            if (confirmedAt != null && now.isBefore(askAgainAt)) {
                return CompletableFuture.completedFuture(good());
            }
            if (asking == null) {
                asking = new CompletableFuture<>();
                CompletableFuture<Standing> answer = asking;
                ask().whenComplete((verdict, failure) -> answer.complete(learn(verdict, failure)));
                return answer;
            }
            return asking;
        }

        private CompletableFuture<Verdict> ask() {
            try {
                return authority.check(session, host).toCompletableFuture();
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private synchronized Standing learn(Verdict verdict, Throwable failure) {
            asking = null;
            if (failure == null && away) {
                away = false;
                LOG.info("The authority can be asked about viewers again.");
            }
            if (verdict instanceof Verdict.Allowed allowed) {
                confirm(allowed);
                return good();
            }
            if (verdict instanceof Verdict.Denied) {
                return drop();
            }
            Instant now = clock.instant();
            askAgainAt = now.plus(RETRY_DOWN_AFTER);
            away(failure);
            if (confirmedAt != null && now.isBefore(confirmedAt.plus(GOOD_WITHOUT_AUTHORITY))) {
                return good();
            }
            drop();
            return new Standing(State.UNKNOWABLE, null, cut);
        }

        synchronized void confirm(Verdict.Allowed allowed) {
            Instant now = clock.instant();
            viewer = allowed.viewer();
            confirmedAt = now;
            askAgainAt = now.plus(CONFIRM_EVERY);
            Instant until = now.plus(allowed.lifetime().compareTo(LIFETIME) < 0 ? allowed.lifetime() : LIFETIME);
            // Confirming never lengthens a session: thirty minutes count from its begin.
            expiresAt = expiresAt == null || until.isBefore(expiresAt) ? until : expiresAt;
        }

        private Standing good() {
            return new Standing(State.GOOD, viewer, cut);
        }

        private Standing drop() {
            entries.remove(key(session, host), this);
            cut.complete(null);
            return new Standing(State.DENIED, null, cut);
        }
    }

    /** Said once, not for every session every ten seconds. */
    private void away(Throwable failure) {
        if (!away) {
            away = true;
            LOG.log(
                    Level.WARNING,
                    "The authority can't be asked about viewers. Those admitted stay for 15 minutes, nobody new comes in.",
                    failure);
        }
    }

    /** Enters a session just redeemed. */
    void enter(Verdict.Allowed allowed, String host) {
        entry(allowed.session(), host).confirm(allowed);
    }

    /** Where a session stands; asks the authority when it is time. */
    CompletableFuture<Standing> standing(String session, String host) {
        return entry(session, host).standing();
    }

    /** Starts to ask for open streams' sake. */
    synchronized void start() {
        if (!closed) {
            cancelSweep = scheduler.schedule(SWEEP, this::sweep);
        }
    }

    private void sweep() {
        entries.values().forEach(Entry::standing);
        start();
    }

    synchronized void close() {
        closed = true;
        cancelSweep.run();
    }

    private Entry entry(String session, String host) {
        if (entries.size() >= MOST) {
            // Only forged cookies come in such numbers; the real ones are confirmed again at the cost of one question
            // each.
            entries.values().removeIf(entry -> entry.confirmedAt == null);
        }
        return entries.computeIfAbsent(key(session, host), key -> new Entry(session, host));
    }

    private static String key(String session, String host) {
        return Signer.hash(host + "\n" + session);
    }
}
