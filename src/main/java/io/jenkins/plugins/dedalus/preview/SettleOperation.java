package io.jenkins.plugins.dedalus.preview;

import java.time.Duration;

/** Ends an ensure that a restart interrupted and nobody asked for again: finds its machine, so that it can't be lost. */
final class SettleOperation extends Operation {
    private final Creation creation;

    SettleOperation(EngineParts parts, PreviewKey key) {
        super(parts, key, ProgressListener.NONE);
        this.creation = new Creation(this);
    }

    @Override
    void accept() {
        progress.phase("settling an interrupted build");
    }

    @Override
    Duration tick() {
        if (desk.record().creation() != null) {
            creation.resolve();
            return Duration.ZERO;
        }
        return complete(desk.save(record -> record.state(PreviewState.FAILED)
                .operation(null)
                .problem("The build was interrupted by a restart and never went on. Build again.")));
    }

    @Override
    void recordFailure(RuntimeException failure) {
        if (desk.exists()) {
            desk.save(record -> record.problem(failure.getMessage()));
        }
    }
}
