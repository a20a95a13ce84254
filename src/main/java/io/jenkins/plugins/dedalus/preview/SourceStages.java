package io.jenkins.plugins.dedalus.preview;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Base64;

/** The stages of an ensure that bring the code onto the machine. */
final class SourceStages {
    /** Raw bytes per piece: 512 KiB in base64. */
    static final int PIECE = 384 * 1024;

    private final EnsureOperation operation;
    private final Source source;
    private final ScriptPlans plans;
    private InputStream archive;
    private int piecesRead;
    private byte[] piece;

    SourceStages(EnsureOperation operation, Source source, ScriptPlans plans) {
        this.operation = operation;
        this.source = source;
        this.plans = plans;
    }

    EnsureStage first() {
        if (source instanceof Source.Git) {
            return EnsureStage.FETCH;
        }
        return source instanceof Source.Archive ? EnsureStage.UPLOAD : EnsureStage.SETUP;
    }

    Duration fetch() {
        return operation.script(plans.fetch((Source.Git) source), EnsureStage.CHECKOUT);
    }

    Duration checkout() {
        return operation.script(plans.checkout((Source.Git) source), EnsureStage.SETUP);
    }

    Duration upload() {
        OperationRecord at = operation.desk.operation();
        try {
            byte[] next = piece(at.index());
            if (next.length == 0) {
                close();
                return operation.advance(EnsureStage.UNPACK);
            }
            ScriptPlan plan = plans.piece(at.index(), Base64.getEncoder().encodeToString(next));
            if (!operation.runner().tick(plan)) {
                return operation.runner().delay();
            }
        } catch (IOException e) {
            close();
            throw new PreviewException(
                    "The workspace archive for preview " + operation.desk.key().id() + " can't be read: "
                            + e.getMessage() + ". Build again.",
                    e);
        }
        piece = null;
        operation.desk.saveOperation(op -> op.withIndex(at.index() + 1));
        operation.lively();
        operation.progress.line("sent " + (long) (at.index() + 1) * PIECE / 1024 + " KiB");
        return Duration.ZERO;
    }

    Duration unpack() {
        return operation.script(plans.unpack((Source.Archive) source), EnsureStage.SETUP);
    }

    /** The piece of this number; reads on, or from the start if another came before. Empty at the end. */
    private byte[] piece(int index) throws IOException {
        if (piece != null && piecesRead == index + 1) {
            return piece;
        }
        if (archive == null || piecesRead != index) {
            close();
            archive = ((Source.Archive) source).streams().open();
            archive.skipNBytes((long) index * PIECE);
        }
        piece = archive.readNBytes(PIECE);
        piecesRead = index + 1;
        return piece;
    }

    void close() {
        if (archive != null) {
            try {
                archive.close();
            } catch (IOException e) {
                operation.progress.line("The workspace archive could not be closed: " + e.getMessage());
            }
            archive = null;
        }
    }
}
