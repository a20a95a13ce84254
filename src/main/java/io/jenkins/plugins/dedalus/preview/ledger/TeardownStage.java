package io.jenkins.plugins.dedalus.preview.ledger;

import java.util.Optional;
import java.util.stream.Stream;

/** Where a teardown stands. The names are in ledgers: rename none. */
public enum TeardownStage {
    INTERRUPT,
    RESOLVE,
    SLEEP,
    DELETE,
    CONFIRM;

    /** A stage that only a newer version knows begins anew. */
    public static TeardownStage of(OperationRecord operation) {
        return known(operation).orElse(INTERRUPT);
    }

    /** Whether an operation of the ledger's deletes what the preview is made of, or may do so. */
    public static boolean deletes(OperationRecord operation) {
        return operation != null
                && operation.kind() == OperationRecord.Kind.TEARDOWN
                && known(operation).orElse(DELETE).compareTo(DELETE) >= 0;
    }

    private static Optional<TeardownStage> known(OperationRecord operation) {
        return Stream.of(values())
                .filter(stage -> stage.name().equals(operation.stage()))
                .findFirst();
    }
}
