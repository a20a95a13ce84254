package io.jenkins.plugins.dedalus.preview.ledger;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a preview stays that nobody looks at. Everything may be null unless said otherwise.
 *
 * @param ttl how long it stays after somebody looked or pushed; null for ever
 * @param notice how long before the end people are told; null for not at all
 * @param seenAt when somebody looked or pushed last, to a few minutes
 * @param serverTime whether the times are the server's. Those of this machine's clock, which may be wrong, end nothing: the
 *     whole time begins anew once the server's is known
 * @param pinned whether somebody said that it stays
 * @param pinnedUntil until when; null for as long as it is pinned
 * @param extendedUntil before when it doesn't end, for somebody extended it
 * @param announced whether its end is near, as of the reconciler's last look: what shows previews elsewhere follows this
 */
public record Lifetime(
        Duration ttl,
        Duration notice,
        Instant seenAt,
        boolean serverTime,
        boolean pinned,
        Instant pinnedUntil,
        Instant extendedUntil,
        boolean announced) {
    /** Without an end, and seen by nobody. */
    public static final Lifetime NONE = new Lifetime(null, null, null, false, false, null, null, false);

    /** When it ends unless somebody looks, pushes, pins or extends it; null if it doesn't. */
    public Instant expiresAt() {
        if (ttl == null || seenAt == null || pinned && pinnedUntil == null) {
            return null;
        }
        Instant end = later(seenAt.plus(ttl), extendedUntil);
        return pinned ? later(end, pinnedUntil) : end;
    }

    /** Whether the pin holds now. */
    public boolean pinnedAt(Instant now) {
        return pinned && (pinnedUntil == null || now.isBefore(pinnedUntil));
    }

    /** Whether its end is so near that people are told; of a short life the second half at most. */
    public boolean expiresSoon(Instant now) {
        Instant end = expiresAt();
        if (end == null || notice == null) {
            return false;
        }
        Duration half = ttl.dividedBy(2);
        return !now.isBefore(end.minus(notice.compareTo(half) < 0 ? notice : half));
    }

    /** Whether its time is over. */
    public boolean expired(Instant now) {
        Instant end = expiresAt();
        return end != null && !now.isBefore(end);
    }

    /** The same after a push that asks for this life. */
    public Lifetime pushed(Duration asked, Duration told, Instant now, boolean server) {
        return new Lifetime(asked, told, seenAt, serverTime, pinned, pinnedUntil, extendedUntil, announced)
                .seen(now, server);
    }

    /** The same after somebody looked. */
    public Lifetime seen(Instant at, boolean server) {
        // Times of two clocks can't be compared.
        Instant last = server == serverTime ? later(at, seenAt) : at;
        return new Lifetime(ttl, notice, last, server, pinned, pinnedUntil, extendedUntil, announced);
    }

    /** The same, beginning now by the server's time. */
    public Lifetime from(Instant now) {
        return new Lifetime(ttl, notice, now, true, pinned, pinnedUntil, extendedUntil, announced);
    }

    /** The same, pinned. */
    public Lifetime pinned(Instant until) {
        return new Lifetime(ttl, notice, seenAt, serverTime, true, until, extendedUntil, announced);
    }

    /** The same without a pin. */
    public Lifetime unpinned() {
        return new Lifetime(ttl, notice, seenAt, serverTime, false, null, extendedUntil, announced);
    }

    /** The same, not ending before then. */
    public Lifetime extended(Instant until) {
        return new Lifetime(ttl, notice, seenAt, serverTime, pinned, pinnedUntil, until, announced);
    }

    /** The same, with what is to be told of it now. */
    public Lifetime announcedAt(Instant now) {
        return new Lifetime(
                ttl, notice, seenAt, serverTime, pinned, pinnedUntil, extendedUntil, serverTime && expiresSoon(now));
    }

    private static Instant later(Instant one, Instant other) {
        return other == null || one.isAfter(other) ? one : other;
    }
}
