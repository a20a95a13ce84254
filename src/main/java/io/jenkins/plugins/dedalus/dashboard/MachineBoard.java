package io.jenkins.plugins.dedalus.dashboard;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.security.ACL;
import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import io.jenkins.plugins.dedalus.client.ComputeUsage;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.Granularity;
import io.jenkins.plugins.dedalus.client.Machine;
import io.jenkins.plugins.dedalus.client.MachinePhase;
import io.jenkins.plugins.dedalus.client.RequestOptions;
import io.jenkins.plugins.dedalus.client.StorageUsage;
import io.jenkins.plugins.dedalus.config.Account;
import io.jenkins.plugins.dedalus.config.PreviewService;
import io.jenkins.plugins.dedalus.preview.PreviewKey;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jenkins.security.ImpersonatingExecutorService;

/** What Dedalus says about machines and their use, read at most every few seconds (use: minutes) per account. */
@Extension
public final class MachineBoard {
    private static final Duration PHASES_KEPT = Duration.ofSeconds(3);
    private static final Duration USAGE_KEPT = Duration.ofMinutes(2);
    private static final int READERS = 4;

    private final Snapshots<Map<String, MachinePhase>> phases;
    private final Snapshots<Map<String, Usage>> usage;

    /** Made by Jenkins. */
    public MachineBoard() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                READERS,
                READERS,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(),
                new NamingThreadFactory(new DaemonThreadFactory(), "dedalus-board"));
        pool.allowCoreThreadTimeOut(true);
        ImpersonatingExecutorService system = new ImpersonatingExecutorService(pool, ACL.SYSTEM2);
        phases = new Snapshots<>(PHASES_KEPT, MachineBoard::phases, system);
        usage = new Snapshots<>(USAGE_KEPT, MachineBoard::usage, system);
    }

    static MachineBoard get() {
        return ExtensionList.lookupSingleton(MachineBoard.class);
    }

    /** Phases by machine id, of the account that this preview belongs to. */
    Snapshots.Reading<Map<String, MachinePhase>> phases(PreviewKey key, Duration patience) {
        return phases.get(account(key), key, patience);
    }

    /** This month's use by machine id, of the account that this preview belongs to. */
    Snapshots.Reading<Map<String, Usage>> usage(PreviewKey key, Duration patience) {
        return usage.get(account(key), key, patience);
    }

    /** Something was just changed: the next look reads anew. */
    void changed() {
        phases.forget();
    }

    private static Account account(PreviewKey key) {
        return PreviewService.get().account(key, null);
    }

    private static Map<String, MachinePhase> phases(DedalusClient client) {
        Map<String, MachinePhase> found = new HashMap<>();
        for (Machine machine : client.machines().listAll(RequestOptions.none())) {
            found.put(machine.machineId(), machine.phase());
        }
        return Map.copyOf(found);
    }

    private static Map<String, Usage> usage(DedalusClient client) {
        Instant month = LocalDate.now(ZoneOffset.UTC)
                .withDayOfMonth(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        List<ComputeUsage> compute =
                client.usage().compute(null, Granularity.DAY, month, Instant.now(), RequestOptions.none());
        List<StorageUsage> storage =
                client.usage().storage(null, Granularity.DAY, month, Instant.now(), RequestOptions.none());
        Map<String, Usage> found = new HashMap<>();
        compute.forEach(row -> found.merge(
                row.machineId(),
                new Usage(row.awakeSeconds(), row.cpuMillicoreSeconds(), row.memoryMibSeconds(), 0),
                Usage::plus));
        storage.forEach(row -> found.merge(row.machineId(), new Usage(0, 0, 0, row.storageMibSeconds()), Usage::plus));
        return Map.copyOf(found);
    }
}
