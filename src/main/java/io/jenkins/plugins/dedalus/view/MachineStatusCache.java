package io.jenkins.plugins.dedalus.view;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.security.ACL;
import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.ComputeUsage;
import io.jenkins.plugins.dedalus.client.model.Granularity;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.client.model.StorageUsage;
import io.jenkins.plugins.dedalus.config.Account;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jenkins.security.ImpersonatingExecutorService;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What Dedalus says about machines and their use, read at most every few seconds (use: minutes) per account, and by one call
 * at a time for each of the two, however many people look and however long Dedalus takes.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class MachineStatusCache {
    private static final Duration PHASES_KEPT = Duration.ofSeconds(3);
    private static final Duration USAGE_KEPT = Duration.ofMinutes(2);
    private static final Duration CANDIDATES_KEPT = Duration.ofSeconds(10);
    /** Two for an account are needed; more than this many accounts hang at a time, and the rest reads nothing new. */
    private static final int MOST_READERS = 64;

    private final StatusReader<Map<String, MachinePhase>> phases;
    private final StatusReader<Map<String, MachineUsage>> usage;
    private final StatusReader<List<Machine>> candidates;

    /** Made by Jenkins. */
    public MachineStatusCache() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                0,
                MOST_READERS,
                1,
                TimeUnit.MINUTES,
                new SynchronousQueue<>(),
                new NamingThreadFactory(new DaemonThreadFactory(), "dedalus-board"));
        ImpersonatingExecutorService system = new ImpersonatingExecutorService(pool, ACL.SYSTEM2);
        phases = new StatusReader<>(PHASES_KEPT, system, System::nanoTime);
        usage = new StatusReader<>(USAGE_KEPT, system, System::nanoTime);
        candidates = new StatusReader<>(CANDIDATES_KEPT, system, System::nanoTime);
    }

    public static MachineStatusCache get() {
        return ExtensionList.lookupSingleton(MachineStatusCache.class);
    }

    /** Begins to read what {@link #phases} and {@link #usage} will be asked for, if it is old. */
    void begin(PreviewKey key) {
        phases.begin(account(key), () -> phases(client(key)));
        usage.begin(account(key), () -> usage(client(key)));
    }

    /** Phases by machine id, of the account that this preview belongs to. */
    StatusReader.Reading<Map<String, MachinePhase>> phases(PreviewKey key, PageTimeout patience) {
        return phases.get(account(key), () -> phases(client(key)), patience);
    }

    /** This month's use by machine id, of the account that this preview belongs to. */
    StatusReader.Reading<Map<String, MachineUsage>> usage(PreviewKey key, PageTimeout patience) {
        return usage.get(account(key), () -> usage(client(key)), patience);
    }

    /** The machines that a preview's unanswered create may have made. */
    public StatusReader.Reading<List<Machine>> candidates(PreviewKey key, PageTimeout patience) {
        return candidates.get(key.toString(), () -> candidates(key), patience);
    }

    /** Something was just changed: the next look reads anew. */
    public void changed() {
        phases.outdate();
        candidates.outdate();
    }

    private static String account(PreviewKey key) {
        Account account = PreviewEngines.get().account(key, null);
        return account.reference();
    }

    /** Asks for the account's credentials, which may take its time: for readers only. */
    private static DedalusClient client(PreviewKey key) {
        return PreviewEngines.get().client(key);
    }

    private static Map<String, MachinePhase> phases(DedalusClient client) {
        Map<String, MachinePhase> found = new HashMap<>();
        for (Machine machine : client.machines().listAll(RequestOptions.none())) {
            found.put(MachineIds.canonical(machine.machineId()), machine.phase());
        }
        return Map.copyOf(found);
    }

    private static Map<String, MachineUsage> usage(DedalusClient client) {
        Instant month = LocalDate.now(ZoneOffset.UTC)
                .withDayOfMonth(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        List<ComputeUsage> compute =
                client.usage().compute(null, Granularity.DAY, month, Instant.now(), RequestOptions.none());
        List<StorageUsage> storage =
                client.usage().storage(null, Granularity.DAY, month, Instant.now(), RequestOptions.none());
        Map<String, MachineUsage> found = new HashMap<>();
        compute.forEach(row -> found.merge(
                MachineIds.canonical(row.machineId()),
                new MachineUsage(row.awakeSeconds(), row.cpuMillicoreSeconds(), row.memoryMibSeconds(), 0),
                MachineUsage::plus));
        storage.forEach(row -> found.merge(
                MachineIds.canonical(row.machineId()),
                new MachineUsage(0, 0, 0, row.storageMibSeconds()),
                MachineUsage::plus));
        return Map.copyOf(found);
    }

    private static List<Machine> candidates(PreviewKey key) {
        try {
            return List.copyOf(
                    PreviewEngines.get().lifecycle(key).candidates(key).join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
