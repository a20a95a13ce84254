package io.jenkins.plugins.dedalus.preview.model;

import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;

/** Where a preview stands. Whether its machine sleeps is read from Dedalus, not kept here. */
public enum PreviewState {
    /** Being made, or brought to a new commit. */
    PROVISIONING,
    /** Serves {@link PreviewRecord#commit()}. */
    READY,
    /** The last attempt ended with {@link PreviewRecord#problem()}; the machine, if any, is kept. */
    FAILED,
    /** Asleep until {@link Closing#deleteAt()}, or being deleted. */
    CLOSING,
    /** The machine is gone; the record stays a while so that viewers get a clear answer. */
    CLOSED
}
