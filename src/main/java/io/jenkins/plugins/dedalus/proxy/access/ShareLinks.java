package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.proxy.access.revocation.Revocations;
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
 * stored but what was withdrawn: a link carries its preview and expiry, signed together with the host that it opens. Several
 * owners may have a preview of the same id, but a host leads to one of them. Thread-safe.
 */
public final class ShareLinks {
    /** The longest a link may live. */
    public static final Duration LONGEST = Duration.ofDays(30);

    private final Signer signer;
    private final Revocations revocations;
    private final Clock clock;
    private final Map<String, Signal> signals = new ConcurrentHashMap<>();

    /** Signs with this signer, which nobody else may use for the same texts. */
    public ShareLinks(Signer signer, Revocations revocations, Clock clock) {
        this.signer = signer.derive("share");
        this.revocations = revocations;
        this.clock = clock;
    }

    /**
     * What cuts the streams opened with a link or a preview's bypass token.
     *
     * @param linkId null for the bypass token
     */
    private record Signal(String linkId, String previewId, String host, int epoch, CompletableFuture<Void> cut) {}

    /**
     * A verified link.
     *
     * @param id names it for withdrawal and in logs; no secret
     * @param previewId the preview it opens
     * @param host that preview's host that it opens
     * @param expiresAt when it ends
     * @param epoch the preview's epoch when it was made
     */
    public record Link(String id, String previewId, String host, Instant expiresAt, int epoch) {}

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
     * @param host the only host that it opens
     * @param life more than zero, at most {@link #LONGEST}; throws {@link IllegalArgumentException} otherwise
     */
    public Issued issue(String previewId, String host, Duration life) {
        if (life.isNegative() || life.isZero() || life.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("A share link lives from 1s to 30d, not " + life + ".");
        }
        Instant expires = Instant.ofEpochSecond(clock.instant().plus(life).getEpochSecond());
        Link link = new Link(
                Signer.random().substring(0, 12), previewId, host, expires, revocations.epoch(previewId, host));
        String payload = link.id() + "|" + previewId + "|" + expires.getEpochSecond() + "|" + link.epoch();
        return new Issued(Signer.encode(payload) + "." + signer.sign(signed(payload, host)), link);
    }

    private static String signed(String payload, String host) {
        return "link\n" + payload + "\n" + host;
    }

    /** The link of a token for this preview's host; empty if it is forged, expired, withdrawn, or for another one. */
    public Optional<Link> verify(String token, String previewId, String host) {
        if (token == null || token.length() > 512) {
            return Optional.empty();
        }
        Link link = parse(token, host);
        boolean valid = link != null
                && link.previewId().equals(previewId)
                && clock.instant().isBefore(link.expiresAt())
                && !isWithdrawn(link);
        return valid ? Optional.of(link) : Optional.empty();
    }

    private Link parse(String token, String host) {
        int dot = token.indexOf('.');
        if (dot < 0) {
            return null;
        }
        try {
            String payload = Signer.decode(token.substring(0, dot));
            String[] parts = payload.split("\\|");
            if (parts.length != 4 || !signer.verify(signed(payload, host), token.substring(dot + 1))) {
                return null;
            }
            return new Link(
                    parts[0],
                    parts[1],
                    host,
                    Instant.ofEpochSecond(Long.parseLong(parts[2])),
                    Integer.parseInt(parts[3]));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private boolean isWithdrawn(Link link) {
        return revocations.isRevoked(link.id(), link.host())
                || link.epoch() != revocations.epoch(link.previewId(), link.host());
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

    /** Cuts the streams of what was withdrawn elsewhere, after the revocations have learnt of it. */
    public void recheck() {
        signals.values().removeIf(signal -> {
            boolean withdrawn = signal.epoch() != revocations.epoch(signal.previewId(), signal.host())
                    || signal.linkId() != null && revocations.isRevoked(signal.linkId(), signal.host());
            if (withdrawn) {
                signal.cut().complete(null);
            }
            return withdrawn;
        });
    }

    /** Completes when the link is withdrawn or expires; the same one for every stream of the link. */
    CompletableFuture<Void> cut(Link link) {
        CompletableFuture<Void> cut =
                signals.computeIfAbsent(link.id(), id -> signal(link)).cut();
        // It may have been withdrawn since it was verified, before there was a signal to give.
        if (isWithdrawn(link)) {
            cut.complete(null);
        }
        return cut;
    }

    private Signal signal(Link link) {
        CompletableFuture<Void> cut = new CompletableFuture<>();
        long left = Duration.between(clock.instant(), link.expiresAt()).toMillis();
        cut.completeOnTimeout(null, Math.max(0, left), TimeUnit.MILLISECONDS).thenRun(() -> signals.remove(link.id()));
        return new Signal(link.id(), link.previewId(), link.host(), link.epoch(), cut);
    }

    /** Completes when the bypass token of a preview's host is withdrawn; the token is to be checked before, and after. */
    CompletableFuture<Void> cutBypass(String previewId, String host) {
        return signals.computeIfAbsent(
                        "bypass " + previewId + " " + host,
                        key -> new Signal(
                                null, previewId, host, revocations.epoch(previewId, host), new CompletableFuture<>()))
                .cut();
    }

    /** How many links and tokens are watched for their withdrawal. */
    int watched() {
        return signals.size();
    }

    /** The bypass token of a preview's host: the same each time until {@link #revokeAll}. */
    public String bypassToken(String previewId, String host) {
        return signer.sign(bypass(previewId, host));
    }

    /** Whether this is the bypass token of the preview's host now. */
    public boolean isBypass(String token, String previewId, String host) {
        return signer.verify(bypass(previewId, host), token);
    }

    private String bypass(String previewId, String host) {
        return "bypass\n" + previewId + "\n" + revocations.epoch(previewId, host) + "\n" + host;
    }
}
