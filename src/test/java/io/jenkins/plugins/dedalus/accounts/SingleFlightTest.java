package io.jenkins.plugins.dedalus.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** One reading at a time, however many look. The executor and the time are the test's. */
class SingleFlightTest {
    private final Deque<Runnable> begun = new ArrayDeque<>();
    private final AtomicLong time = new AtomicLong();
    private final AtomicInteger reads = new AtomicInteger();
    private Supplier<Integer> read = reads::incrementAndGet;

    private final SingleFlight<Integer> flight =
            new SingleFlight<>(() -> read.get(), Duration.ofSeconds(3), begun::add, time::get);

    private void pass(Duration duration) {
        time.addAndGet(duration.toNanos());
    }

    private void land() {
        begun.remove().run();
    }

    @Test
    void manyLooksAreOneReading() {
        CompletableFuture<Integer> first = flight.fresh();
        for (int i = 0; i < 100; i++) {
            pass(Duration.ofSeconds(1));
            assertThat(flight.fresh()).isSameAs(first);
        }
        assertThat(begun).hasSize(1);
        assertThat(flight.known()).isEmpty();
        assertThat(flight.underWay()).contains(Duration.ofSeconds(100));
        land();
        assertThat(first).isCompletedWithValue(1);
        assertThat(flight.underWay()).isEmpty();
    }

    @Test
    void theAgeCountsFromTheEnd() {
        flight.fresh();
        pass(Duration.ofSeconds(40));
        land();
        pass(Duration.ofSeconds(2));
        assertThat(flight.fresh()).isCompletedWithValue(1);
        pass(Duration.ofSeconds(1));
        assertThat(flight.fresh()).isNotDone();
        assertThat(flight.known()).as("the old one until then").contains(1);
        land();
        assertThat(flight.known()).contains(2);
    }

    @Test
    void whatChangedMeanwhileIsReadAgainByOneMore() {
        CompletableFuture<Integer> first = flight.fresh();
        flight.outdate();
        CompletableFuture<Integer> second = flight.fresh();
        assertThat(flight.fresh()).isSameAs(second).isNotSameAs(first);
        assertThat(begun).as("never two at a time").hasSize(1);
        land();
        assertThat(first).isCompletedWithValue(1);
        assertThat(second).isNotDone();
        land();
        assertThat(second).isCompletedWithValue(2);
        assertThat(flight.fresh()).isCompletedWithValue(2);
        flight.outdate();
        assertThat(flight.fresh()).isNotDone();
    }

    @Test
    void aFailureKeepsWhatWasKnownAndIsNotRepeatedAtOnce() {
        flight.fresh();
        land();
        pass(Duration.ofSeconds(3));
        read = () -> {
            throw new IllegalStateException("the store is locked");
        };
        CompletableFuture<Integer> failed = flight.fresh();
        land();
        assertThat(failed).isCompletedExceptionally();
        assertThat(flight.known()).contains(1);
        assertThat(flight.fresh()).isCompletedExceptionally();
        assertThat(begun).isEmpty();
        pass(Duration.ofSeconds(3));
        read = () -> 7;
        flight.fresh();
        land();
        assertThat(flight.lately()).contains(7);
    }
}
