package io.jenkins.plugins.dedalus.proxy;

import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.Waker;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The wake gate's seam, moved by the test: one wake per machine, done when the test says so. */
public final class FakeWaker implements Waker {
    private final Set<String> awake = ConcurrentHashMap.newKeySet();
    private final Set<String> asleep = ConcurrentHashMap.newKeySet();
    private final Map<String, CompletableFuture<Void>> wakes = new ConcurrentHashMap<>();
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger joined = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final AtomicInteger seen = new AtomicInteger();
    private final AtomicInteger viewed = new AtomicInteger();
    private final AtomicInteger passing = new AtomicInteger();
    private volatile Consumer<Route> onWake = route -> {};

    public FakeWaker awake(String machine) {
        awake.add(machine);
        return this;
    }

    /** Whatever is seen of it from now on, nobody believes that the machine is awake. */
    FakeWaker asleep(String machine) {
        asleep.add(machine);
        return this;
    }

    FakeWaker notAsleep(String machine) {
        asleep.remove(machine);
        return this;
    }

    /** What happens when a wake begins, e.g. {@link #complete}. */
    FakeWaker onWake(Consumer<Route> action) {
        onWake = action;
        return this;
    }

    FakeWaker wakesAtOnce() {
        return onWake(route -> complete(route.machineId()));
    }

    void complete(String machine) {
        awake.add(machine);
        CompletableFuture<Void> wake = wakes.remove(machine);
        if (wake != null) {
            wake.complete(null);
        }
    }

    void fail(String machine, Throwable problem) {
        CompletableFuture<Void> wake = wakes.remove(machine);
        if (wake != null) {
            wake.completeExceptionally(problem);
        }
    }

    int started() {
        return started.get();
    }

    int joined() {
        return joined.get();
    }

    int dropped() {
        return dropped.get();
    }

    @Override
    public void viewed(Route route) {
        viewed.incrementAndGet();
    }

    @Override
    public void passing(Route route) {
        passing.incrementAndGet();
    }

    /** How often bytes passed. */
    int passings() {
        return passing.get();
    }

    /** How often somebody looked. */
    int viewed() {
        return viewed.get();
    }

    /** How often somebody said that a machine is in use. */
    int seen() {
        return seen.get();
    }

    @Override
    public boolean believedActive(Route route) {
        return awake.contains(route.machineId()) && !asleep.contains(route.machineId());
    }

    @Override
    public CompletionStage<Void> wake(Route route) {
        joined.incrementAndGet();
        boolean[] first = new boolean[1];
        CompletableFuture<Void> wake = wakes.computeIfAbsent(route.machineId(), id -> {
            first[0] = true;
            return new CompletableFuture<>();
        });
        if (first[0]) {
            started.incrementAndGet();
            onWake.accept(route);
        }
        return wake.thenApply(woken -> woken);
    }

    @Override
    public void seenActive(Route route) {
        seen.incrementAndGet();
        awake.add(route.machineId());
    }

    @Override
    public void doubt(Route route) {
        dropped.incrementAndGet();
        awake.remove(route.machineId());
    }

    @Override
    public Optional<Instant> wakingSince(Route route) {
        return wakes.containsKey(route.machineId()) ? Optional.of(Instant.EPOCH) : Optional.empty();
    }
}
