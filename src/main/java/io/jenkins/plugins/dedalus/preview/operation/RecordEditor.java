package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.ledger.OperationRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.util.function.UnaryOperator;

/** One preview's record, read and written by the one operation that has the turn. */
final class RecordEditor {
    private final EngineContext parts;
    private final PreviewKey key;

    RecordEditor(EngineContext parts, PreviewKey key) {
        this.parts = parts;
        this.key = key;
    }

    PreviewRecord record() {
        return parts.ledger().get(key).orElseThrow(this::unknown);
    }

    private PreviewClosedException unknown() {
        return new PreviewClosedException("Preview " + key.id() + " is not in the ledger any more.");
    }

    boolean exists() {
        return parts.ledger().get(key).isPresent();
    }

    OperationRecord operation() {
        OperationRecord operation = record().operation();
        if (operation == null) {
            throw new PreviewClosedException("The ledger knows of no operation on preview " + key.id() + " any more.");
        }
        return operation;
    }

    /** Changes the record; on the disk when this returns. */
    PreviewRecord save(UnaryOperator<PreviewRecordBuilder> change) {
        return change(record ->
                change.apply(record.toBuilder()).updatedAt(parts.now()).build());
    }

    /** Changes the record, or leaves it if what is returned is the same; on the disk when this returns. */
    PreviewRecord change(UnaryOperator<PreviewRecord> change) {
        return parts.ledger().change(key, change).orElseThrow(this::unknown);
    }

    void saveOperation(UnaryOperator<OperationRecord> change) {
        OperationRecord next = change.apply(operation());
        save(record -> record.operation(next));
    }

    void forget() {
        parts.ledger().forget(key);
    }

    PreviewKey key() {
        return key;
    }
}
