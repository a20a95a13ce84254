package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.preview.error.PreviewCancelledException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import java.util.concurrent.CompletableFuture;

/** An operation on a preview; goes on by itself, also when nobody listens. */
public interface PreviewOperation {
    /**
     * Completes with the record as the operation left it (for a finished teardown, the last one), or fails with a
     * {@link PreviewException} or an API error. Cancelling this future cancels nothing: use {@link #cancel}.
     */
    CompletableFuture<PreviewRecord> result();

    /** Stops at the next moment, cancels what runs on the machine and fails with {@link PreviewCancelledException}. */
    void cancel(String why);

    /** One line: what is being done and since when. */
    String status();
}
