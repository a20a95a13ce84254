package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.preview.command.ScriptPlan;
import io.jenkins.plugins.dedalus.preview.command.ScriptPlans;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.OperationRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Deletes the data of a preview's services and deploys again, in one script: all that it takes lies on the machine since the
 * last deploy. One that a restart interrupts counts as failed.
 */
public final class ResetOperation extends Operation {
    private static final String STAGE = "RESET";

    private final ScriptRunner runner;
    private final ScriptPlan plan = ScriptPlans.reset();

    public ResetOperation(EngineContext parts, PreviewKey key, ProgressListener listener) {
        super(parts, key, listener);
        this.runner = new ScriptRunner(this, new Interruption(this));
    }

    @Override
    void accept() {
        PreviewRecord record = editor.record();
        if (record.down() || record.machineId() == null || record.operation() != null) {
            throw new PreviewException(
                    "Preview " + editor.key().id()
                            + " can't be reset now: it has no machine, or an operation on it was interrupted. Build again first.");
        }
        Instant now = parts.now();
        editor.save(changed -> changed.begin(new OperationRecord(
                OperationRecord.Kind.RESET,
                UUID.randomUUID().toString(),
                STAGE,
                record.order(),
                record.commit(),
                record.specDigest(),
                now,
                now,
                null,
                0,
                null,
                false)));
    }

    @Override
    Duration tick() {
        progress.phase("resetting the services' data");
        if (!runner.tick(plan)) {
            return runner.delay();
        }
        PreviewRecord ready = editor.save(record -> record.operation(null).stopped(false));
        parts.gate().seenActive(ready.machineId());
        progress.phase(ready.state() == PreviewState.READY ? "ready" : "reset");
        return complete(ready);
    }

    @Override
    void recordFailure(RuntimeException failure) {
        // Before it began there is nothing of this one in the record.
        if (editor.exists() && editor.record().operation() != null) {
            boolean stopped = editor.record().stopped() || !(failure instanceof DedalusException);
            editor.save(record -> record.state(PreviewState.FAILED)
                    .abandon()
                    .problem(failure.getMessage())
                    .stopped(stopped)
                    .told("The data of this preview was to be reset, and that failed."));
        }
    }
}
