package bench;

import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import io.jenkins.plugins.dedalus.proxy.directory.LedgerDirectory;
import io.jenkins.plugins.dedalus.proxy.directory.RecordRoutes;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** What the ledger costs at 100, 1,000 and 10,000 records, on a real disk. */
final class LedgerCost {
    private static final Instant AT = Instant.parse("2026-11-24T01:02:03Z");
    private static final int WRITERS = 16;
    private static final int PUTS = 400;

    private final List<EngineBench.Row> rows = new ArrayList<>();
    private int rounds;

    static List<EngineBench.Row> measure(int most) throws Exception {
        LedgerCost cost = new LedgerCost();
        for (int size = 100; size <= most; size *= 10) {
            Path directory = Files.createTempDirectory("ledger-cost");
            try {
                cost.at(size, directory, size == most);
            } finally {
                delete(directory);
            }
        }
        return cost.rows;
    }

    private void at(int size, Path directory, boolean largest) throws Exception {
        fill(directory, size);
        if (largest) {
            opened(directory, size);
        }
    }

    private void fill(Path directory, int size) throws Exception {
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            together(ledger, size);
            puts(ledger, size);
        }
    }

    private void opened(Path directory, int size) throws Exception {
        long before = live();
        long begin = System.nanoTime();
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            double open = (System.nanoTime() - begin) / 1e9;
            rows.add(new EngineBench.Row(
                    "open at " + size + ", s", EngineBench.known(size, "0.5"), Row.number(open), ""));
            double ledgerOnly = (live() - before) / 1048576.0;
            LedgerDirectory routes = new LedgerDirectory(
                    ledger,
                    new RecordRoutes(HostPattern.parse("https://{label}.previews.example.net"), AccessMode.PUBLIC),
                    Clock.systemUTC());
            double both = (live() - before) / 1048576.0;
            rows.add(new EngineBench.Row(
                    "live heap of the ledger at " + size + ", MiB",
                    EngineBench.known(size, "67"),
                    Row.number(ledgerOnly),
                    Row.goal("≤ 20", ledgerOnly <= 20)));
            rows.add(new EngineBench.Row("… with its routes, MiB", "", Row.number(both), ""));
            lookUps(ledger, routes, size);
        }
    }

    private void puts(PreviewLedger ledger, int size) {
        for (int i = 0; i < 200; i++) {
            ledger.put(record(i % size, "warm " + i));
        }
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        double[] millis = new double[PUTS];
        long bytes = 0;
        for (int i = 0; i < PUTS; i++) {
            PreviewRecord next = record((i * 37) % size, "put " + ++rounds);
            long thread = Thread.currentThread().getId();
            long allocated = threads.getThreadAllocatedBytes(thread);
            long begin = System.nanoTime();
            ledger.put(next);
            millis[i] = (System.nanoTime() - begin) / 1e6;
            bytes += threads.getThreadAllocatedBytes(thread) - allocated;
        }
        Arrays.sort(millis);
        String was = size == 100 ? "1.0" : size == 1000 ? "0.8" : size == 10_000 ? "1.3" : "";
        rows.add(new EngineBench.Row("put at " + size + ", median ms", was, Row.number(millis[PUTS / 2]), ""));
        rows.add(new EngineBench.Row(
                "garbage of a put at " + size + ", KiB",
                size == 100 ? "89" : size == 10_000 ? "535" : "",
                Row.number(bytes / 1024.0 / PUTS),
                ""));
    }

    /** Makes the records, several writers at once. */
    private void together(PreviewLedger ledger, int size) throws Exception {
        CountDownLatch done = new CountDownLatch(WRITERS);
        long begin = System.nanoTime();
        for (int writer = 0; writer < WRITERS; writer++) {
            int first = writer;
            new Thread(() -> {
                        for (int i = first; i < size; i += WRITERS) {
                            ledger.put(record(i, null));
                        }
                        done.countDown();
                    })
                    .start();
        }
        done.await();
        double seconds = (System.nanoTime() - begin) / 1e9;
        rows.add(new EngineBench.Row(
                "first " + size + " puts, " + WRITERS + " writers at once, puts/s", "", Row.number(size / seconds), ""));
    }

    private void lookUps(PreviewLedger ledger, LedgerDirectory routes, int size) {
        double[] micros = new double[PUTS];
        for (int i = -PUTS; i < PUTS; i++) {
            PreviewRecord next = record(Math.floorMod(i * 37, size), "look " + ++rounds);
            ledger.put(next);
            long begin = System.nanoTime();
            boolean found = routes.lookup(next.label() + ".previews.example.net").isPresent();
            double took = (System.nanoTime() - begin) / 1e3;
            if (!found) {
                throw new IllegalStateException("No route of " + next.label());
            }
            if (i >= 0) {
                micros[i] = took;
            }
        }
        Arrays.sort(micros);
        rows.add(new EngineBench.Row(
                "first look-up after a put at " + size + ", median ms",
                EngineBench.known(size, "63"),
                String.format("%.4f", micros[PUTS / 2] / 1000),
                ""));
        double p95 = micros[PUTS * 95 / 100] / 1000;
        rows.add(new EngineBench.Row(
                "… p95, ms", EngineBench.known(size, "120"), String.format("%.4f", p95), Row.goal("≤ 1", p95 <= 1)));
    }

    private static long live() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(50);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static PreviewRecord record(int number, String problem) {
        String change = Integer.toString(number + 1);
        PreviewKey key = PreviewKey.of("github.com/acme/shop-" + number % 40, change);
        String commit = String.format("%040x", number * 7919L);
        return new PreviewRecordBuilder(key)
                .label(key.id())
                .state(PreviewState.READY)
                .order(number)
                .serving(commit, String.format("%064x", number * 104729L), AT)
                .change(new ChangeContext(
                        change,
                        "feature/number-" + change,
                        "https://github.com/acme/shop-" + number % 40 + "/pull/" + change,
                        "https://github.com/acme/shop-" + number % 40 + ".git",
                        commit,
                        "main",
                        false))
                .machine(new MachineInfo("dm-" + commit.substring(8), 1, 2048, 10, "15m", AT))
                .setupOn("dm-" + commit.substring(8))
                .port(new ExposedPort(
                        "web",
                        3000,
                        key.id(),
                        "pv-" + commit.substring(20),
                        "https://" + commit.substring(16) + ".preview.dedaluslabs.ai",
                        Protocol.HTTP,
                        Visibility.PUBLIC))
                .startable(true)
                .problem(problem)
                .createdAt(AT)
                .updatedAt(AT.plusSeconds(number))
                .build();
    }

    private static void delete(Path directory) throws Exception {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
