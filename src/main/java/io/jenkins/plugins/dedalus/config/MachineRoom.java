package io.jenkins.plugins.dedalus.config;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.operation.MachineLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import jenkins.model.Jenkins;

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

    /** @param folder the full name; null for all of Jenkins */
    private record Limit(String folder, int most) {
        boolean holds(Owned owned) {
            return folder == null || (owned.where() + "/").startsWith(folder + "/");
        }

        Full full(List<PreviewRecord> nameable) {
            return folder == null
                    ? new Full(Messages.MachineRoom_jenkins(most), nameable, Messages.MachineRoom_askAdministrator())
                    : new Full(Messages.MachineRoom_folder(most, folder), nameable, Messages.MachineRoom_askFolder());
        }
    }

    /** @param where the job's full name; of a preview without one the folder whose account it is; may be empty */
    private record Owned(PreviewRecord record, String where) {}

    @Override
    public Optional<Full> reserve(PreviewKey asking, Runnable intend) {
        List<Limit> limits = limits(PreviewOwners.get().jobOf(asking).orElse(""));
        if (limits.isEmpty()) {
            intend.run();
            return Optional.empty();
        }
        synchronized (this) {
            List<Owned> owned = owned(asking);
            for (Limit limit : limits) {
                List<PreviewRecord> inside =
                        owned.stream().filter(limit::holds).map(Owned::record).toList();
                if (inside.size() >= limit.most()) {
                    return Optional.of(limit.full(inside.stream()
                            .filter(record -> PreviewOwners.get().related(asking, record.key()))
                            .toList()));
                }
            }
            intend.run();
        }
        return Optional.empty();
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

    /** The least that anything around a job or folder allows; empty if nothing limits it. */
    static OptionalInt leastAround(String fullName) {
        return limits(fullName).stream().mapToInt(Limit::most).min();
    }

    /** Those around a job, the innermost first. */
    private static List<Limit> limits(String job) {
        List<Limit> limits = new ArrayList<>();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            for (int end = job.lastIndexOf('/'); end > 0; end = job.lastIndexOf('/', end - 1)) {
                String name = job.substring(0, end);
                AbstractFolder<?> folder = Jenkins.get().getItemByFullName(name, AbstractFolder.class);
                DedalusFolderProperty property =
                        folder == null ? null : folder.getProperties().get(DedalusFolderProperty.class);
                if (property != null && property.getMaxMachines() != null) {
                    limits.add(new Limit(name, property.getMaxMachines()));
                }
            }
        }
        int all = DedalusGlobalConfiguration.get().getMaxMachines();
        if (all > 0) {
            limits.add(new Limit(null, all));
        }
        return limits;
    }
}
