package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import java.time.Duration;

/**
 * Ends an ensure that a restart interrupted and nobody asked for again: finds its machine, so that it can't be lost. Also ends
 * a script that an ensure left running when it failed.
 */
public final class SettleOperation extends Operation {
    private final Creation creation;
    private final Interruption interruption;

    public SettleOperation(EngineContext parts, PreviewKey key) {
        super(parts, key, ProgressListener.NONE);
        this.creation = new Creation(this);
        this.interruption = new Interruption(this);
    }

    @Override
    void accept() {
        progress.phase("settling an interrupted build");
    }

    @Override
    Duration tick() {
        if (!interruption.tick()) {
            return idle();
        }
        if (editor.record().creation() != null) {
            return creation.resolve() ? Duration.ZERO : idle();
        }
        if (editor.record().operation() == null) {
            return complete(editor.record());
        }
        return complete(BuildFailure.interrupted(editor));
    }

    @Override
    void recordFailure(RuntimeException failure) {
        if (editor.exists()) {
            editor.save(record -> record.problem(failure.getMessage()));
        }
    }
}
