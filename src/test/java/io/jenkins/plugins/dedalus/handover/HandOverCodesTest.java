package io.jenkins.plugins.dedalus.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HandOverCodesTest {
    private static final String HOST = "pr-7-shop-aaaa.previews.example.net";
    private static final String STATE = "0123456789abcdef0123456789abcdef";

    private final HandOver handOver = new HandOver(Clock.fixed(Instant.parse("2026-11-27T12:00:00Z"), ZoneOffset.UTC));

    @Test
    void oneViewerWhoAsksWithoutEndLocksOutNobody() {
        List<String> greedy = new ArrayList<>();
        for (int i = 0; i < 12_000; i++) {
            handOver.code("greedy", HOST, STATE).ifPresent(greedy::add);
        }

        Optional<String> other = handOver.code("other", HOST, STATE);

        assertThat(other).isPresent();
        assertThat(handOver.redeem(other.get(), HOST, STATE)).contains("other");
        assertThat(handOver.redeem(greedy.get(greedy.size() - 1), HOST, STATE))
                .as("the newest of the greedy one's own")
                .contains("greedy");
        assertThat(handOver.redeem(greedy.get(0), HOST, STATE)).as("the oldest").isEmpty();
    }

    @Test
    void strangersTogetherLockOutNobodyWhoIsSignedIn() {
        for (int i = 0; i < 12_000; i++) {
            handOver.code("", HOST, STATE);
        }

        assertThat(handOver.code("reader", HOST, STATE)).isPresent();
    }
}
