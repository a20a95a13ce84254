package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import java.time.Instant;

/**
 * A preview as the ledger knows it and its machine as Dedalus says it is.
 *
 * @param record what the ledger keeps
 * @param phase the machine's phase as read; null if the record has no machine
 * @param readAt when it was read
 */
public record PreviewView(PreviewRecord record, MachinePhase phase, Instant readAt) {}
