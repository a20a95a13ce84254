package io.jenkins.plugins.dedalus.accounts;

import io.jenkins.plugins.dedalus.config.Account;
import io.jenkins.plugins.dedalus.config.MachineCap;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.room.MachineLimits;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The limits of Jenkins and of folders, over all accounts. A machine needs room in every limit around its job: so a folder
 * may allow less than what surrounds it, never more. Read as they are configured when a machine is to be made; machines that
 * are there stay, whatever is configured later. Thread-safe.
 */
final class MachineRoom implements MachineLimits {
    private final Supplier<List<AccountEngine>> engines;

    MachineRoom(Supplier<List<AccountEngine>> engines) {
        this.engines = engines;
    }

    private static Full full(MachineCap cap, List<PreviewRecord> counted, List<PreviewRecord> nameable) {
        return cap.folder() == null
                ? new Full(
                        Messages.MachineRoom_jenkins(cap.most()),
                        counted,
                        nameable,
                        Messages.MachineRoom_askAdministrator())
                : new Full(
                        Messages.MachineRoom_folder(cap.most(), cap.folder()),
                        counted,
                        nameable,
                        Messages.MachineRoom_askFolder());
    }

    /** @param where the job's full name; of a preview without one the folder whose account it is; may be empty */
    private record Owned(PreviewRecord record, String where) {}

    @Override
    public Optional<Full> reserve(PreviewKey asking, Runnable intend) {
        List<MachineCap> caps =
                MachineCap.around(PreviewOwners.get().jobOf(asking).orElse(""));
        if (caps.isEmpty()) {
            intend.run();
            return Optional.empty();
        }
        synchronized (this) {
            List<Owned> owned = owned(asking);
            for (MachineCap cap : caps) {
                List<PreviewRecord> inside = owned.stream()
                        .filter(each -> cap.covers(each.where()))
                        .map(Owned::record)
                        .toList();
                if (inside.size() >= cap.most()) {
                    return Optional.of(full(cap, inside, nameable(asking, inside)));
                }
            }
            intend.run();
        }
        return Optional.empty();
    }

    @Override
    public List<PreviewRecord> nameable(PreviewKey asking, List<PreviewRecord> records) {
        return records.stream()
                .filter(record -> PreviewOwners.get().related(asking, record.key()))
                .toList();
    }

    @Override
    public List<PreviewRecord> neighbours() {
        return engines.get().stream()
                .flatMap(engine -> engine.ledger().list().stream())
                .toList();
    }

    private List<Owned> owned(PreviewKey asking) {
        return engines.get().stream()
                .flatMap(engine -> engine.ledger().list().stream()
                        .filter(record -> !record.key().equals(asking))
                        .filter(MachineLimits::counts)
                        .map(record -> new Owned(record, where(record, engine.account()))))
                .toList();
    }

    private static String where(PreviewRecord record, Account account) {
        return PreviewOwners.get().jobOf(record.key()).orElse(account.isGlobal() ? "" : account.context());
    }
}
