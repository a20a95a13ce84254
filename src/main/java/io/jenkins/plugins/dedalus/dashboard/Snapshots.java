package io.jenkins.plugins.dedalus.dashboard;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.DedalusException;
import io.jenkins.plugins.dedalus.config.Account;
import io.jenkins.plugins.dedalus.config.PreviewService;
import io.jenkins.plugins.dedalus.config.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.preview.PreviewKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * What Dedalus said last about each account's machines, however many people look: one call per account and period. A page
 * waits only a moment; it shows what was known before if Dedalus takes longer. Thread-safe.
 */
final class Snapshots<T> {
    private final Duration keep;
    private final Function<DedalusClient, T> read;
    private final Executor executor;
    private final Map<String, Entry<T>> entries = new ConcurrentHashMap<>();

    private record Entry<T>(Reading<T> known, Instant begun, CompletableFuture<Reading<T>> reading) {}

    /**
     * What is known of an account.
     *
     * @param value null as long as nothing could be read
     * @param at when the value was read; null like it
     * @param problem a sentence if the last attempt failed, else null
     */
    record Reading<T>(T value, Instant at, String problem) {}

    /** @param keep how long a reading is good enough */
    Snapshots(Duration keep, Function<DedalusClient, T> read, Executor executor) {
        this.keep = keep;
        this.read = read;
        this.executor = executor;
    }

    /**
     * The account's reading, made anew if it is old.
     *
     * @param any one of the account's previews
     * @param patience how long to wait for a new one
     */
    Reading<T> get(Account account, PreviewKey any, Duration patience) {
        Entry<T> entry = entries.compute(account.reference(), (reference, before) -> {
            boolean fresh = before != null && before.begun().plus(keep).isAfter(Instant.now());
            return fresh ? before : begin(before, any);
        });
        try {
            return entry.reading().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return entry.known();
        } catch (ExecutionException | TimeoutException e) {
            return entry.known();
        }
    }

    /** Forgets, because something was just changed. */
    void forget() {
        entries.clear();
    }

    private Entry<T> begin(Entry<T> before, PreviewKey any) {
        Reading<T> known = before == null
                ? new Reading<>(null, null, null)
                : before.reading().getNow(before.known());
        return new Entry<>(known, Instant.now(), CompletableFuture.supplyAsync(() -> attempt(known, any), executor));
    }

    private Reading<T> attempt(Reading<T> known, PreviewKey any) {
        try {
            return new Reading<>(read.apply(PreviewService.get().client(any)), Instant.now(), null);
        } catch (DedalusException | PreviewsUnavailableException e) {
            return new Reading<>(known.value(), known.at(), e.getMessage());
        }
    }
}
