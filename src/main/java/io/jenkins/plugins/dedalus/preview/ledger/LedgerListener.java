package io.jenkins.plugins.dedalus.preview.ledger;

/** Hears of every change of a ledger, one at a time and in order. Must be quick, must not block and must not call the ledger. */
@FunctionalInterface
public interface LedgerListener {
    /**
     * A record changed, and is on the disk.
     *
     * @param before what it was; null if it is new
     * @param after what it is; null if it was forgotten
     */
    void changed(PreviewRecord before, PreviewRecord after);
}
