package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.util.concurrent.CompletableFuture;

/** An operation that ended before it began. */
record RefusedOperation(PreviewException why) implements PreviewOperation {
    @Override
    public CompletableFuture<PreviewRecord> result() {
        return CompletableFuture.failedFuture(why);
    }

    @Override
    public void cancel(String reason) {
        // Nothing runs.
    }

    @Override
    public String status() {
        return why.getMessage();
    }
}
