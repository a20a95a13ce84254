package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.error.ApiConnectionException;
import io.jenkins.plugins.dedalus.client.error.DeadlineExceededException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import io.jenkins.plugins.dedalus.preview.command.ScriptPlan;
import io.jenkins.plugins.dedalus.preview.command.ScriptPlans;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.error.ScriptFailedException;
import io.jenkins.plugins.dedalus.preview.ledger.EnsureStage;
import io.jenkins.plugins.dedalus.preview.ledger.ExecutionRecord;
import io.jenkins.plugins.dedalus.preview.model.Source;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Sends the archive in pieces, one execution each. The ledger counts in units, so that pieces may become smaller half-way:
 * nobody says how much an execution reads, and a proxy in between may take less.
 */
public final class ArchiveUpload {
    /** What the ledger counts, in raw bytes, and the smallest piece: 512 KiB in base64. */
    public static final int UNIT = 384 * 1024;
    /** Units of a piece at first: 4 MiB in base64. */
    public static final int SPAN = 8;

    private static final int PAYLOAD_TOO_LARGE = 413;
    private static final int TRIES = 3;

    private final EnsureOperation operation;
    private final Source.Archive source;
    private final ScriptPlans plans;
    private InputStream archive;
    private int unitsRead;
    private int span = SPAN;
    private Piece piece;
    private int damaged;
    private int cut;

    ArchiveUpload(EnsureOperation operation, Source.Archive source, ScriptPlans plans) {
        this.operation = operation;
        this.source = source;
        this.plans = plans;
    }

    /**
     * A piece.
     *
     * @param first its first unit, which is its number on the machine
     * @param units how many it holds when it is full
     * @param bytes how many raw bytes it holds
     * @param plan what stores it
     */
    private record Piece(int first, int units, int bytes, ScriptPlan plan) {
        boolean last() {
            return bytes < units * UNIT;
        }
    }

    Duration tick() {
        try {
            read(operation.editor.operation().index());
            if (piece.bytes() == 0) {
                return complete();
            }
            return operation.runner().tick(piece.plan())
                    ? stored()
                    : operation.runner().delay();
        } catch (ScriptFailedException e) {
            return damaged(e);
        } catch (DedalusException e) {
            return refused(e);
        } catch (IOException e) {
            close();
            throw new PreviewException(
                    "The workspace archive for preview "
                            + operation.editor.key().id() + " can't be read: " + e.getMessage() + ". Build again.",
                    e);
        }
    }

    private Duration stored() {
        Piece sent = piece;
        damaged = 0;
        cut = 0;
        operation.progress.line("sent " + ((long) sent.first() * UNIT + sent.bytes()) / 1024 + " KiB");
        if (sent.last()) {
            return complete();
        }
        operation.editor.saveOperation(op -> op.withIndex(sent.first() + sent.units()));
        operation.lively();
        return Duration.ZERO;
    }

    private Duration complete() {
        close();
        return operation.advance(EnsureStage.UNPACK);
    }

    /** What arrived was not what was sent, or could not be stored. */
    private Duration damaged(ScriptFailedException failure) {
        if (failure.exitCode() == null || ++damaged >= TRIES) {
            throw failure;
        }
        return again("A piece of the archive did not arrive (exit code " + failure.exitCode() + "); sending it again.");
    }

    private Duration refused(DedalusException refusal) {
        boolean tooLarge = refusal.status() == PAYLOAD_TOO_LARGE || refusal instanceof ValidationException;
        // Some just hang up on a long body. Once is chance; and what was begun is followed, not sent again.
        boolean hungUp = (refusal instanceof ApiConnectionException || refusal instanceof DeadlineExceededException)
                && operation.editor.operation().execution() != null
                && operation.editor.operation().execution().executionId() == null
                && ++cut > 1;
        if (span == 1 || !tooLarge && !hungUp) {
            throw refusal;
        }
        span /= 2;
        if (hungUp) {
            // It may have arrived all the same.
            operation.editor.save(
                    record -> record.begin(operation.editor.operation().with(null)));
        }
        return again(refusal.getMessage() + " Sending smaller pieces.");
    }

    private Duration again(String why) {
        operation.editor.saveOperation(op -> op.with((ExecutionRecord) null));
        operation.progress.line(why);
        return operation.idle();
    }

    /** Makes {@link #piece} the one that begins here; reads on, or from the start if another came before. */
    private void read(int first) throws IOException {
        if (piece != null && piece.first() == first && piece.units() == span) {
            return;
        }
        if (archive == null || unitsRead != first) {
            close();
            archive = source.streams().open();
            archive.skipNBytes((long) first * UNIT);
        }
        byte[] bytes = archive.readNBytes(span * UNIT);
        unitsRead = first + span;
        piece = new Piece(first, span, bytes.length, plans.piece(first, bytes));
    }

    void close() {
        piece = null;
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
