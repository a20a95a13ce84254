package io.jenkins.plugins.dedalus.preview;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Brings the ledger and Dedalus together from time to time: expired closings, destroyed machines, unknown ones. */
public final class Reconciler implements AutoCloseable {
    private final PreviewLifecycle lifecycle;

    /** Makes a reconciler of this lifecycle's ledger. */
    public Reconciler(PreviewLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    /** Runs now and then every {@code interval} until closed. */
    public void start(Duration interval) {
        throw new UnsupportedOperationException("not built yet: " + lifecycle + interval);
    }

    /** Runs once. */
    public CompletableFuture<ReconcileReport> runOnce() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void close() {}
}
