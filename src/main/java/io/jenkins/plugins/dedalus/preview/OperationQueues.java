package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.operation.EngineContext;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * The lanes in use. A preview's lane comes when it is asked for and goes when nobody uses it and nothing runs or waits in
 * it, so that there is never a second one beside it. Thread-safe.
 */
final class OperationQueues {
    private final EngineContext parts;
    private final ConcurrentMap<PreviewKey, OperationQueue> queues = new ConcurrentHashMap<>();

    OperationQueues(EngineContext parts) {
        this.parts = parts;
    }

    /** Does something with a preview's lane, which stays meanwhile; what is queued there holds it from then on. */
    <T> T use(PreviewKey key, Function<OperationQueue, T> what) {
        OperationQueue queue = queues.compute(key, (same, known) -> {
            OperationQueue held = known == null ? new OperationQueue(parts, same, () -> release(same)) : known;
            held.hold();
            return held;
        });
        try {
            return what.apply(queue);
        } finally {
            release(key);
        }
    }

    /** A lane is only ever found, and only ever dropped, under its key's lock in the map: whoever finds it, holds it. */
    private void release(PreviewKey key) {
        queues.computeIfPresent(key, (same, queue) -> queue.release() ? null : queue);
    }

    Optional<PreviewOperation> current(PreviewKey key) {
        OperationQueue queue = queues.get(key);
        return queue == null ? Optional.empty() : queue.current().map(operation -> operation);
    }

    boolean busy() {
        return queues.values().stream().anyMatch(queue -> queue.current().isPresent());
    }

    /** Stops everything where it stands; completes when it has. */
    CompletableFuture<Void> halt() {
        return CompletableFuture.allOf(
                queues.values().stream().map(OperationQueue::halt).toArray(CompletableFuture[]::new));
    }

    int size() {
        return queues.size();
    }
}
