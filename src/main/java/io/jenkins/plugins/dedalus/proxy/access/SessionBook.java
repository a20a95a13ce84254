package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
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
 * confirmed. The authority is asked again 45 s after it was asked last, for idle sessions too, because their streams may
 * be open; a no cuts those. While it can't be asked, a session stays good for 15 minutes after its last confirmation.
 */
final class SessionBook {
    /**
     * With the sweep, an authority that takes ten seconds for an answer, and the data plane's look at it, a no takes effect
     * within a minute. Counts from the question: when the answer comes, what it says may be old.
     */
    static final Duration CONFIRM_EVERY = Duration.ofSeconds(45);

    static final Duration GOOD_WITHOUT_AUTHORITY = Duration.ofMinutes(15);
    static final Duration LIFETIME = Duration.ofMinutes(30);

    private static final Logger LOG = Logger.getLogger(SessionBook.class.getName());
    private static final Duration RETRY_DOWN_AFTER = Duration.ofSeconds(10);
    private static final Duration SWEEP = Duration.ofSeconds(1);
    /** So long a no is remembered: whoever asks again and again asks us. */
    private static final Duration NO_HOLDS = Duration.ofSeconds(10);

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
        Instant deniedUntil;
        CompletableFuture<Standing> asking;

        Entry(String session, String host) {
            this.session = session;
            this.host = host;
            this.askAgainAt = clock.instant();
        }

        synchronized CompletableFuture<Standing> standing() {
            Instant now = clock.instant();
            if (deniedUntil != null) {
                if (!now.isBefore(deniedUntil)) {
                    entries.remove(key(session, host), this);
                }
                return CompletableFuture.completedFuture(new Standing(State.DENIED, null, cut));
            }
            if (expiresAt != null && !now.isBefore(expiresAt)) {
                return CompletableFuture.completedFuture(drop());
            }
            if (confirmedAt != null && now.isBefore(askAgainAt)) {
                return CompletableFuture.completedFuture(good());
            }
            if (asking == null) {
                asking = new CompletableFuture<>();
                CompletableFuture<Standing> answer = asking;
                ask().whenComplete((verdict, failure) -> answer.complete(learn(verdict, failure, now)));
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

        private synchronized Standing learn(Verdict verdict, Throwable failure, Instant asked) {
            asking = null;
            if (failure == null && away) {
                away = false;
                LOG.info("The authority can be asked about viewers again.");
            }
            if (verdict instanceof Verdict.Allowed allowed) {
                confirm(allowed, asked);
                return good();
            }
            if (verdict instanceof Verdict.Denied) {
                deniedUntil = clock.instant().plus(NO_HOLDS);
                cut.complete(null);
                return new Standing(State.DENIED, null, cut);
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

        synchronized void confirm(Verdict.Allowed allowed, Instant asked) {
            Instant now = clock.instant();
            viewer = allowed.viewer();
            confirmedAt = now;
            askAgainAt = asked.plus(CONFIRM_EVERY);
            Instant until = now.plus(allowed.lifetime().compareTo(LIFETIME) < 0 ? allowed.lifetime() : LIFETIME);
            // Confirming never lengthens a session: thirty minutes count from its begin.
            expiresAt = expiresAt == null || until.isBefore(expiresAt) ? until : expiresAt;
        }

        private synchronized boolean isKnown() {
            return confirmedAt != null || deniedUntil != null || asking != null;
        }

        private synchronized boolean isWorthless() {
            return deniedUntil != null || confirmedAt == null && asking == null;
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
        entry(allowed.session(), host).confirm(allowed, clock.instant());
    }

    /** Whether the authority has said something about this session that still holds. */
    boolean knows(String session, String host) {
        Entry entry = entries.get(key(session, host));
        return entry != null && entry.isKnown();
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
            // Only forged cookies come in such numbers. One that is being asked about may turn out to be real: its
            // streams
            // are cut by its entry.
            entries.values().removeIf(Entry::isWorthless);
        }
        return entries.computeIfAbsent(key(session, host), key -> new Entry(session, host));
    }

    private static String key(String session, String host) {
        return Signer.hash(host + "\n" + session);
    }
}
