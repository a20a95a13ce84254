package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.preview.error.PreviewCancelledException;
import io.jenkins.plugins.dedalus.preview.error.ScriptFailedException;
import io.jenkins.plugins.dedalus.preview.ledger.EnsureStage;
import io.jenkins.plugins.dedalus.preview.ledger.OperationRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;

/** What a build that failed leaves in the record: for people who may see everything, and for viewers, who may not. */
final class BuildFailure {
    private BuildFailure() {}

    static void record(RecordEditor editor, RuntimeException failure) {
        OperationRecord operation = editor.record().operation();
        EnsureStage stage = operation == null ? EnsureStage.INTERRUPT : EnsureStage.of(operation.stage());
        PreviewRecord before = editor.record();
        editor.save(record -> record.state(PreviewState.FAILED)
                .abandon()
                .problem(failure.getMessage())
                .stopped(before.stopped() || stopped(stage, failure))
                .told(told(stage, failure)));
    }

    static PreviewRecord interrupted(RecordEditor editor) {
        PreviewRecord before = editor.record();
        boolean starting = EnsureStage.of(before.operation().stage()).compareTo(EnsureStage.START) >= 0;
        return editor.save(record -> record.state(PreviewState.FAILED)
                .operation(null)
                .stopped(before.stopped() || starting)
                .told("The last build was interrupted and never went on.")
                .problem("The build was interrupted by a restart and never went on. Build again."));
    }

    /** From its start on the app of the commit before is gone. While Dedalus can't be asked, nobody knows. */
    private static boolean stopped(EnsureStage stage, RuntimeException failure) {
        return stage.compareTo(EnsureStage.START) >= 0 && !(failure instanceof DedalusException);
    }

    /** Made of our own words alone: the failure's may quote Dedalus, or name machines and other previews. */
    private static String told(EnsureStage stage, RuntimeException failure) {
        if (failure instanceof ScriptFailedException script) {
            return "The last build failed: its " + script.step() + " script "
                    + (script.exitCode() == null
                            ? "was ended before it succeeded."
                            : "ended with exit code " + script.exitCode() + ".");
        }
        return failure instanceof PreviewCancelledException
                ? "The last build was stopped."
                : "The last build failed: it ended while " + stage.phase() + ".";
    }
}
