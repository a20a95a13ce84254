package io.jenkins.plugins.dedalus.preview.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When a preview ends that nobody looks at. */
class LifetimeTest {
    private static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Lifetime PUSHED = Lifetime.NONE.pushed(DAY.multipliedBy(14), DAY.multipliedBy(2), NOW, true);

    @Test
    void whatHasNoTimeNeverEnds() {
        assertThat(Lifetime.NONE.expiresAt()).isNull();
        assertThat(Lifetime.NONE.seen(NOW, true).expired(NOW.plus(DAY.multipliedBy(999))))
                .isFalse();
        assertThat(Lifetime.NONE.expiresSoon(NOW)).isFalse();
        assertThat(PUSHED.pushed(null, DAY, NOW, true).expiresAt())
                .as("the newest push says how long")
                .isNull();
    }

    @Test
    void theTimeCountsFromTheLastLookAndIsToldBeforeItsEnd() {
        assertThat(PUSHED.expiresAt()).isEqualTo(NOW.plus(DAY.multipliedBy(14)));
        Lifetime seen = PUSHED.seen(NOW.plus(DAY), true);
        assertThat(seen.expiresAt()).isEqualTo(NOW.plus(DAY.multipliedBy(15)));
        assertThat(seen.seen(NOW, true)).as("an older look changes nothing").isEqualTo(seen);
        Instant end = seen.expiresAt();
        assertThat(seen.expiresSoon(end.minus(DAY.multipliedBy(2)).minusSeconds(1)))
                .isFalse();
        assertThat(seen.expiresSoon(end.minus(DAY.multipliedBy(2)))).isTrue();
        assertThat(seen.expired(end.minusSeconds(1))).isFalse();
        assertThat(seen.expired(end)).isTrue();
    }

    @Test
    void ofAShortLifeTheSecondHalfIsSoonAtMost() {
        Lifetime hour = PUSHED.pushed(Duration.ofHours(1), DAY.multipliedBy(2), NOW, true);
        assertThat(hour.expiresSoon(NOW.plus(Duration.ofMinutes(29)))).isFalse();
        assertThat(hour.expiresSoon(NOW.plus(Duration.ofMinutes(30)))).isTrue();
    }

    @Test
    void aPinHoldsUntilItsEndOrForEver() {
        assertThat(PUSHED.pinned((Instant) null).expiresAt()).isNull();
        Instant until = NOW.plus(DAY.multipliedBy(30));
        Lifetime pinned = PUSHED.pinned(until);
        assertThat(pinned.expiresAt()).isEqualTo(until);
        assertThat(pinned.pinnedAt(until.minusSeconds(1))).isTrue();
        assertThat(pinned.pinnedAt(until)).isFalse();
        assertThat(PUSHED.pinned(NOW.plus(DAY)).expiresAt())
                .as("a pin ends nothing sooner")
                .isEqualTo(PUSHED.expiresAt());
        assertThat(pinned.unpinned()).isEqualTo(PUSHED);
    }

    @Test
    void anExtensionHoldsAlsoWhenNobodyLooks() {
        Instant until = NOW.plus(DAY.multipliedBy(21));
        assertThat(PUSHED.extended(until).expiresAt()).isEqualTo(until);
        assertThat(PUSHED.extended(until)
                        .seen(NOW.plus(DAY.multipliedBy(10)), true)
                        .expiresAt())
                .isEqualTo(NOW.plus(DAY.multipliedBy(24)));
    }

    @Test
    void timesOfTwoClocksAreNotCompared() {
        Lifetime other = PUSHED.seen(NOW.minus(DAY.multipliedBy(400)), false);
        assertThat(other.serverTime()).isFalse();
        assertThat(other.from(NOW)).isEqualTo(PUSHED);
    }
}
