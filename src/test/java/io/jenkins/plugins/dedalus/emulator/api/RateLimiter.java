package io.jenkins.plugins.dedalus.emulator.api;

import io.jenkins.plugins.dedalus.emulator.core.ApiException;
import io.jenkins.plugins.dedalus.emulator.core.ErrorCode;
import java.time.Clock;

/** So many calls a second, and as many at once. */
final class RateLimiter {
    private static final double MILLIS = 1000;

    private final int perSecond;
    private final Clock clock;
    private double tokens;
    private long last;

    /**
     * @param perSecond 0: unlimited
     */
    RateLimiter(int perSecond, Clock clock) {
        this.perSecond = perSecond;
        this.clock = clock;
        this.tokens = perSecond;
        this.last = clock.millis();
    }

    /** Throws {@link ApiException} RATE_LIMITED where it was one too many. */
    synchronized void check() {
        if (perSecond == 0) {
            return;
        }
        long now = clock.millis();
        tokens = Math.min(perSecond, tokens + (now - last) * perSecond / MILLIS);
        last = now;
        if (tokens < 1) {
            throw new ApiException(ErrorCode.RATE_LIMITED, "Too many calls; slow down.")
                    .retryAfter((long) Math.ceil((1 - tokens) * MILLIS / perSecond))
                    .detail("rate_limit_scope", "organization");
        }
        tokens--;
    }
}
