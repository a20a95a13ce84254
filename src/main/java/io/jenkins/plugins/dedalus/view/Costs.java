package io.jenkins.plugins.dedalus.view;

import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import java.time.Duration;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What previews cost, for those who show them elsewhere. */
@Restricted(NoExternalUse.class)
public final class Costs {
    private Costs() {}

    /**
     * What a preview's machine cost this month at list prices, for people.
     *
     * @param patience how long to wait for Dedalus; what was known before is told otherwise
     * @return empty if it has no machine, or that isn't known
     */
    public static Optional<String> of(PreviewRecord record, Duration patience) {
        if (record.machineId() == null) {
            return Optional.empty();
        }
        return Optional.ofNullable(MachineStatusCache.get()
                        .usage(record.key(), PageTimeout.of(patience))
                        .value())
                .map(all -> all.getOrDefault(MachineIds.canonical(record.machineId()), MachineUsage.NONE))
                .map(MachineUsage::cost);
    }
}
