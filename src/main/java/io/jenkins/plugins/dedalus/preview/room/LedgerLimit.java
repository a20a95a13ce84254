package io.jenkins.plugins.dedalus.preview.room;

import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.LifecycleSettings;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.util.List;
import java.util.Optional;

/** One limit for all machines of a ledger. */
public final class LedgerLimit implements MachineLimits {
    private final PreviewLedger ledger;
    private final int most;

    /** @param most 0 for no limit */
    public LedgerLimit(PreviewLedger ledger, int most) {
        this.ledger = ledger;
        this.most = most;
    }

    /** The given limits, or where there are none those of the settings. */
    public static MachineLimits unless(MachineLimits given, PreviewLedger ledger, LifecycleSettings settings) {
        return given == null ? new LedgerLimit(ledger, settings.maxMachines()) : given;
    }

    @Override
    public synchronized Optional<Full> reserve(PreviewKey asking, Runnable intend) {
        if (most > 0) {
            List<PreviewRecord> owners = ledger.list().stream()
                    .filter(record -> !record.key().equals(asking))
                    .filter(MachineLimits::counts)
                    .toList();
            if (owners.size() >= most) {
                return Optional.of(new Full(
                        "all " + most + " allowed ones are in use",
                        owners,
                        owners,
                        "Raise the limit, or close a preview."));
            }
        }
        intend.run();
        return Optional.empty();
    }
}
