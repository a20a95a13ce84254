package io.jenkins.plugins.dedalus.proxy.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Links that let anyone who holds one view one preview for a while, and bypass tokens for end-to-end tests. Nothing is
 * stored but what was withdrawn: a link carries its preview and expiry, signed. Thread-safe.
 */
public final class ShareLinks {
    /** The longest a link may live. */
    public static final Duration LONGEST = Duration.ofDays(30);

    private static final int MOST_CACHED = 10_000;

    private final Signer signer;
    private final Revocations revocations;
    private final Clock clock;
    private final Map<String, Link> verified = new ConcurrentHashMap<>();
    private final Map<String, Signal> signals = new ConcurrentHashMap<>();

    /** Signs with this signer, which nobody else may use for the same texts. */
    public ShareLinks(Signer signer, Revocations revocations, Clock clock) {
        this.signer = signer.derive("share");
        this.revocations = revocations;
        this.clock = clock;
    }

    /** What cuts the streams opened with a link or a preview's bypass token. */
    private record Signal(String previewId, CompletableFuture<Void> cut) {}

    /**
     * A verified link.
     *
     * @param id names it for withdrawal and in logs; no secret
     * @param previewId the preview it opens
     * @param expiresAt when it ends
     * @param epoch the preview's epoch when it was made
     */
    public record Link(String id, String previewId, Instant expiresAt, int epoch) {}

    /** A new link: its token, which is the secret, and what it says. */
    public record Issued(String token, Link link) {
        /** Leaves the token out. */
        @Override
        public String toString() {
            return "Issued[" + link + "]";
        }
    }

    /**
     * Makes a link.
     *
     * @param life more than zero, at most {@link #LONGEST}; throws {@link IllegalArgumentException} otherwise
     */
    public Issued issue(String previewId, Duration life) {
        if (life.isNegative() || life.isZero() || life.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("A share link lives from 1s to 30d, not " + life + ".");
        }
        Instant expires = Instant.ofEpochSecond(clock.instant().plus(life).getEpochSecond());
        Link link = new Link(Signer.random().substring(0, 12), previewId, expires, revocations.epoch(previewId));
        String payload = link.id() + "|" + previewId + "|" + expires.getEpochSecond() + "|" + link.epoch();
        return new Issued(Signer.encode(payload) + "." + signer.sign(payload), link);
    }

    /** The link of a token for this preview; empty if it is forged, expired, withdrawn, or another preview's. */
    public Optional<Link> verify(String token, String previewId) {
        if (token == null || token.length() > 512) {
            return Optional.empty();
        }
        String hash = Signer.hash(token);
        Link link = verified.get(hash);
        if (link == null) {
            link = parse(token);
            if (link == null) {
                return Optional.empty();
            }
            if (verified.size() >= MOST_CACHED) {
                verified.clear();
            }
            verified.put(hash, link);
        }
        boolean valid = link.previewId().equals(previewId)
                && clock.instant().isBefore(link.expiresAt())
                && !revocations.isRevoked(link.id())
                && link.epoch() == revocations.epoch(previewId);
        return valid ? Optional.of(link) : Optional.empty();
    }

    private Link parse(String token) {
        int dot = token.indexOf('.');
        if (dot < 0) {
            return null;
        }
        try {
            String payload = Signer.decode(token.substring(0, dot));
            String[] parts = payload.split("\\|");
            if (parts.length != 4 || !signer.verify(payload, token.substring(dot + 1))) {
                return null;
            }
            return new Link(
                    parts[0], parts[1], Instant.ofEpochSecond(Long.parseLong(parts[2])), Integer.parseInt(parts[3]));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Withdraws one link; its open streams are cut. */
    public void revoke(String linkId) {
        try {
            revocations.revoke(linkId);
        } finally {
            Signal signal = signals.remove(linkId);
            if (signal != null) {
                signal.cut().complete(null);
            }
        }
    }

    /** Withdraws every link and bypass token of a preview; their open streams are cut. */
    public void revokeAll(String previewId) {
        try {
            revocations.revokeAll(previewId);
        } finally {
            signals.values().removeIf(signal -> {
                boolean concerned = signal.previewId().equals(previewId);
                if (concerned) {
                    signal.cut().complete(null);
                }
                return concerned;
            });
        }
    }

    /** Completes when the link is withdrawn or expires; the same one for every stream of the link. */
    CompletableFuture<Void> cut(Link link) {
        CompletableFuture<Void> cut =
                signals.computeIfAbsent(link.id(), id -> signal(link)).cut();
        // It may have been withdrawn since it was verified, before there was a signal to give.
        if (revocations.isRevoked(link.id()) || link.epoch() != revocations.epoch(link.previewId())) {
            cut.complete(null);
        }
        return cut;
    }

    private Signal signal(Link link) {
        CompletableFuture<Void> cut = new CompletableFuture<>();
        long left = Duration.between(clock.instant(), link.expiresAt()).toMillis();
        cut.completeOnTimeout(null, Math.max(0, left), TimeUnit.MILLISECONDS).thenRun(() -> signals.remove(link.id()));
        return new Signal(link.previewId(), cut);
    }

    /** Completes when the preview's bypass token is withdrawn; to be had before the token is checked. */
    CompletableFuture<Void> cutBypass(String previewId) {
        return signals.computeIfAbsent("bypass " + previewId, key -> new Signal(previewId, new CompletableFuture<>()))
                .cut();
    }

    /** The bypass token of a preview: the same each time until {@link #revokeAll}. */
    public String bypassToken(String previewId) {
        return signer.sign("bypass\n" + previewId + "\n" + revocations.epoch(previewId));
    }

    /** Whether this is the preview's bypass token now. */
    public boolean isBypass(String token, String previewId) {
        return Signer.same(bypassToken(previewId), token);
    }
}
