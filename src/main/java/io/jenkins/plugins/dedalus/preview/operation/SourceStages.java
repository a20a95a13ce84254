package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.preview.command.ScriptPlans;
import io.jenkins.plugins.dedalus.preview.ledger.EnsureStage;
import io.jenkins.plugins.dedalus.preview.model.Source;
import java.time.Duration;

/** The stages of an ensure that bring the code onto the machine. */
final class SourceStages {
    private final EnsureOperation operation;
    private final Source source;
    private final ScriptPlans plans;
    /** Null unless the source is an archive. */
    private final ArchiveUpload upload;

    SourceStages(EnsureOperation operation, Source source, ScriptPlans plans) {
        this.operation = operation;
        this.source = source;
        this.plans = plans;
        this.upload = source instanceof Source.Archive archive ? new ArchiveUpload(operation, archive, plans) : null;
    }

    EnsureStage first() {
        if (source instanceof Source.Git) {
            return EnsureStage.FETCH;
        }
        return source instanceof Source.Archive ? EnsureStage.UPLOAD : EnsureStage.SERVICES;
    }

    Duration fetch() {
        return operation.script(plans.fetch((Source.Git) source), EnsureStage.CHECKOUT);
    }

    Duration checkout() {
        return operation.script(plans.checkout((Source.Git) source), EnsureStage.SERVICES);
    }

    Duration upload() {
        return upload.tick();
    }

    Duration unpack() {
        return operation.script(plans.unpack((Source.Archive) source), EnsureStage.SERVICES);
    }

    void close() {
        if (upload != null) {
            upload.close();
        }
    }
}
