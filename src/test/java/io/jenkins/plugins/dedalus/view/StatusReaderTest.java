package io.jenkins.plugins.dedalus.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What looks get to know of a slow Dedalus. */
class StatusReaderTest {
    private static final Duration NONE = Duration.ZERO;

    private final Deque<Runnable> begun = new ArrayDeque<>();
    private final AtomicLong time = new AtomicLong();
    private final AtomicInteger reads = new AtomicInteger();
    private final StatusReader<Integer> reader = new StatusReader<>(Duration.ofSeconds(3), begun::add, time::get);

    private StatusReader.Reading<Integer> look(Duration patience) {
        return reader.get("global", reads::incrementAndGet, new PageTimeout(patience, time::get));
    }

    private void pass(Duration duration) {
        time.addAndGet(duration.toNanos());
    }

    /** Three viewers who look every two seconds, and a listing that takes four: once it is there, everybody knows it. */
    @Test
    void everyResultIsKeptHoweverSlowItIs() {
        int ignorant = 0;
        for (int second = 0; second < 60; second += 2) {
            for (int viewer = 0; viewer < 3; viewer++) {
                ignorant += look(NONE).value() == null ? 1 : 0;
            }
            assertThat(begun.size()).as("calls open at once").isLessThanOrEqualTo(1);
            pass(Duration.ofSeconds(2));
            if (second % 4 == 2 && !begun.isEmpty()) {
                begun.remove().run();
            }
        }
        assertThat(ignorant).as("looks before the first result").isEqualTo(6);
        assertThat(reads.get()).isLessThanOrEqualTo(15);
    }

    @Test
    void whoComesLateToAHangingCallWaitsNoMore() {
        assertThat(look(NONE).problem()).contains("has not answered");
        pass(Duration.ofSeconds(5));
        // With the test's own time a wait would never end.
        PageTimeout two = new PageTimeout(Duration.ofSeconds(2), time::get);
        assertThat(two.left(Duration.ofSeconds(5))).isZero();
        assertThat(two.left(Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(1));
        pass(Duration.ofMillis(1500));
        assertThat(two.left(NONE)).isEqualTo(Duration.ofMillis(500));
        assertThat(begun).hasSize(1);
    }

    @Test
    void aFailureSaysWhyAndKeepsWhatWasKnown() {
        look(NONE);
        begun.remove().run();
        assertThat(look(NONE)).satisfies(known -> {
            assertThat(known.value()).isEqualTo(1);
            assertThat(known.problem()).isNull();
        });
        StatusReader<Integer> failing = new StatusReader<>(Duration.ofSeconds(3), Runnable::run, time::get);
        assertThat(failing.get(
                                "global",
                                () -> {
                                    throw new PreviewException("The key is refused.");
                                },
                                new PageTimeout(NONE, time::get))
                        .problem())
                .isEqualTo("The key is refused.");
    }
}
