package io.jenkins.plugins.dedalus.client.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Properties of the waits, over many random draws. */
class RetryPolicyTest {

    private static final long[] BASES = {500, 1000, 2000, 4000, 8000, 8000, 8000};

    @Test
    void withoutLuckTheWaitDoublesUpToEightSeconds() {
        RetryPolicy policy = new RetryPolicy(2, () -> 0);
        for (int i = 0; i < BASES.length; i++) {
            assertThat(policy.delay(i, Optional.empty())).isEqualTo(Duration.ofMillis(BASES[i]));
        }
        assertThat(policy.delay(Integer.MAX_VALUE, Optional.empty())).isEqualTo(Duration.ofSeconds(8));
        assertThat(policy.delay(-1, Optional.empty())).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void luckShortensTheWaitByAtMostAQuarter() {
        Random random = new Random(20261124);
        RetryPolicy policy = new RetryPolicy(2, random::nextDouble);
        long shortest = Long.MAX_VALUE;
        long longest = 0;
        for (int draw = 0; draw < 20_000; draw++) {
            int retries = draw % BASES.length;
            long millis = policy.delay(retries, Optional.empty()).toMillis();
            assertThat(millis).isBetween(BASES[retries] * 3 / 4, BASES[retries]);
            if (retries == 0) {
                shortest = Math.min(shortest, millis);
                longest = Math.max(longest, millis);
            }
        }
        assertThat(shortest).isLessThan(385);
        assertThat(longest).isGreaterThan(490);
    }

    @Test
    void aBrokenSourceOfLuckDoesNoHarm() {
        assertThat(new RetryPolicy(2, () -> 7).delay(0, Optional.empty())).isEqualTo(Duration.ofMillis(375));
        assertThat(new RetryPolicy(2, () -> -7).delay(0, Optional.empty())).isEqualTo(Duration.ofMillis(500));
        assertThat(new RetryPolicy(2, () -> Double.NaN).delay(0, Optional.empty()))
                .isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void whatTheServerAsksForIsTakenAsItIs() {
        RetryPolicy policy = new RetryPolicy(2, () -> 0.5);
        assertThat(policy.delay(0, Optional.of(Duration.ofMillis(17)))).isEqualTo(Duration.ofMillis(17));
        assertThat(policy.delay(3, Optional.of(Duration.ofMinutes(3)))).isEqualTo(Duration.ofMinutes(3));
        assertThat(policy.delay(0, Optional.of(Duration.ZERO))).isGreaterThan(Duration.ofMillis(300));
        assertThat(policy.delay(0, Optional.of(Duration.ofMillis(-5)))).isGreaterThan(Duration.ofMillis(300));
    }
}
