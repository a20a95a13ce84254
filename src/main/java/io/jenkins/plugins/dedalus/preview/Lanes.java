package io.jenkins.plugins.dedalus.preview;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * The lanes in use. A preview's lane comes when it is asked for and goes when nobody uses it and nothing runs or waits in
 * it, so that there is never a second one beside it. Thread-safe.
 */
final class Lanes {
    private final EngineParts parts;
    private final ConcurrentMap<PreviewKey, Lane> lanes = new ConcurrentHashMap<>();

    Lanes(EngineParts parts) {
        this.parts = parts;
    }

    /** Does something with a preview's lane, which stays meanwhile; what is queued there holds it from then on. */
    <T> T use(PreviewKey key, Function<Lane, T> what) {
        Lane lane = lanes.compute(key, (same, known) -> {
            Lane held = known == null ? new Lane(parts, same, () -> release(same)) : known;
            held.hold();
            return held;
        });
        try {
            return what.apply(lane);
        } finally {
            release(key);
        }
    }

    /** A lane is only ever found, and only ever dropped, under its key's lock in the map: whoever finds it, holds it. */
    private void release(PreviewKey key) {
        lanes.computeIfPresent(key, (same, lane) -> lane.release() ? null : lane);
    }

    Optional<PreviewOperation> current(PreviewKey key) {
        Lane lane = lanes.get(key);
        return lane == null ? Optional.empty() : lane.current().map(operation -> operation);
    }

    boolean busy() {
        return lanes.values().stream().anyMatch(lane -> lane.current().isPresent());
    }

    /** Stops everything where it stands; completes when it has. */
    CompletableFuture<Void> halt() {
        return CompletableFuture.allOf(lanes.values().stream().map(Lane::halt).toArray(CompletableFuture[]::new));
    }

    int size() {
        return lanes.size();
    }
}
