package io.jenkins.plugins.dedalus.simulation;

import java.time.Duration;

/** Until when a preview must not be closed because nobody looks at it, as the world outside knows it. */
final class Kept {
    private Duration seen = Duration.ZERO;
    private Duration extended = Duration.ZERO;
    private boolean pinned;
    /** Null: as long as it is pinned. */
    private Duration pinnedUntil;

    /** Somebody looked or pushed. */
    void seen(Duration now) {
        seen = now.compareTo(seen) > 0 ? now : seen;
    }

    /** Not before then. */
    void extended(Duration until) {
        extended = until.compareTo(extended) > 0 ? until : extended;
    }

    void pinned(Duration until) {
        pinned = true;
        pinnedUntil = until;
    }

    void unpinned() {
        pinned = false;
    }

    /** It was deleted: whatever comes has a life of its own. */
    void gone() {
        seen = Duration.ZERO;
        extended = Duration.ZERO;
        pinned = false;
    }

    /** Why it may not be closed unseen, with this life; null if it may. */
    String reason(Duration ttl, Duration now) {
        if (pinned && (pinnedUntil == null || now.compareTo(pinnedUntil) < 0)) {
            return "it is pinned until " + (pinnedUntil == null ? "somebody unpins it" : Moments.of(pinnedUntil));
        }
        if (now.compareTo(extended) < 0) {
            return "it was extended until " + Moments.of(extended);
        }
        return now.compareTo(seen.plus(ttl)) < 0 ? "it was looked at " + Moments.of(seen) : null;
    }
}
