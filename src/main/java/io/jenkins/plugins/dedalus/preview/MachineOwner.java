package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;

/** Finds the record of a preview that has a machine, for what needs one. */
final class MachineOwner {
    private MachineOwner() {}

    /**
     * The preview's record.
     *
     * @param what what can't be done without a machine, as in "Can't … preview 7"
     * @throws PreviewException with a sentence if there is no such preview, it was taken down, or it has no machine
     */
    static PreviewRecord of(PreviewLedger ledger, PreviewKey key, String what) {
        PreviewRecord record = ledger.get(key)
                .orElseThrow(() -> new PreviewException(
                        "Can't " + what + " preview " + key.id() + ": there is none. Build the change request first."));
        if (record.down()) {
            throw new PreviewClosedException("Can't " + what + " preview " + key.id() + ": it was taken down"
                    + (record.closing() == null ? "" : " (" + record.closing().reason() + ")")
                    + ".");
        }
        if (record.machineId() == null) {
            throw new PreviewException("Can't " + what + " preview " + key.id() + ": it has no machine"
                    + (record.problem() == null ? "." : ". " + record.problem()));
        }
        return record;
    }
}
