package io.jenkins.plugins.dedalus.preview.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.Closing;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.MachineIntent;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import io.jenkins.plugins.dedalus.testing.Allocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreviewLedgerTest {
    private static final Instant AT = Instant.parse("2026-11-24T01:02:03.004Z");
    private static final PreviewKey KEY = PreviewKey.of("github.com/acme/shop", "123");

    @TempDir
    Path directory;

    @Test
    void keepsEverythingARecordSaysAcrossProcesses() {
        PreviewRecord full = full();
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            ledger.put(full);
        }
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            assertThat(ledger.get(KEY)).contains(full);
            assertThat(ledger.list()).containsExactly(full);
            assertThat(ledger.messages()).isEmpty();
            ledger.forget(KEY);
            ledger.forget(KEY);
            assertThat(ledger.list()).isEmpty();
        }
        assertThat(directory.resolve(KEY.id() + ".json")).doesNotExist();
    }

    @Test
    void forcesFileRenameAndDirectoryInThisOrder() {
        List<String> points = new ArrayList<>();
        try (PreviewLedger ledger = PreviewLedger.open(directory, new FileLedgerStorage(points::add))) {
            ledger.put(full());
            ledger.forget(KEY);
        }
        assertThat(points)
                .containsExactly(
                        "ledger: before writing",
                        "ledger: written",
                        "ledger: renamed",
                        "ledger: directory forced",
                        "ledger: before deleting",
                        "ledger: deleted",
                        "ledger: directory forced");
    }

    @Test
    void aSecondOwnerIsToldWhoHoldsIt() {
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            ledger.put(full());
            assertThatThrownBy(() -> PreviewLedger.open(directory))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining(
                            "owned by process " + ProcessHandle.current().pid());
        }
        PreviewLedger.open(directory).close();
    }

    @Test
    void anotherProcessIsToldWhoHoldsIt() throws Exception {
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            assertThat(ledger.list()).isEmpty();
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            SecondOwner.class.getName(),
                            directory.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(other.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(other.waitFor()).as(said).isEqualTo(3);
            assertThat(said)
                    .contains("owned by process " + ProcessHandle.current().pid());
        }
    }

    /** Tries to own a ledger that is owned. */
    static final class SecondOwner {
        private SecondOwner() {}

        public static void main(String[] args) {
            try {
                PreviewLedger.open(Path.of(args[0])).close();
            } catch (LedgerException e) {
                System.out.println(e.getMessage());
                System.exit(3);
            }
        }
    }

    @Test
    void itStaysWithTheApiThatItsMachinesLiveIn() {
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            ledger.bind("https://one.example/", null);
            ledger.bind("https://two.example", null);
            ledger.put(full());
            ledger.bind("https://two.example/", null);
            ledger.bind("https://two.example", "org-1");
            assertThatThrownBy(() -> ledger.bind("https://one.example", null))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("have their machines at https://two.example, organisation org-1, not at"
                            + " https://one.example.")
                    .hasMessageContaining("delete the file " + directory.resolve("api.txt"));
            assertThatThrownBy(() -> ledger.bind("https://two.example", "org-2"))
                    .hasMessageContaining("organisation org-2");
            ledger.bind("https://two.example", null);
            assertThatThrownBy(() -> ledger.bind("https://two.example", "org-2"))
                    .hasMessageContaining("organisation org-1, not at");
        }
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            assertThatThrownBy(() -> ledger.bind("https://one.example", null)).isInstanceOf(LedgerException.class);
            ledger.put(full().toBuilder().state(PreviewState.CLOSED).build());
            ledger.bind("https://one.example", null);
        }
    }

    @Test
    void whoSaysAgainWhereItsMachinesLiveWaitsForNoWrite() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        AtomicBoolean hangs = new AtomicBoolean();
        LedgerStorage slow = new FileLedgerStorage(point -> {
            if (hangs.get()) {
                writing.countDown();
                uninterruptibly(written);
            }
        });
        try (PreviewLedger ledger = PreviewLedger.open(directory, slow)) {
            ledger.bind("https://one.example", null);
            hangs.set(true);
            CompletableFuture<Void> put = CompletableFuture.runAsync(() -> ledger.put(full()));
            assertThat(writing.await(60, TimeUnit.SECONDS)).isTrue();
            CompletableFuture<Void> again = CompletableFuture.runAsync(() -> ledger.bind("https://one.example/", null));
            assertThat(again).succeedsWithin(Duration.ofSeconds(60));
            written.countDown();
            put.join();
        } finally {
            written.countDown();
        }
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void tornAndForeignFilesAreSetAsideAndStopNobody() throws IOException {
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            ledger.put(full());
        }
        String good = Files.readString(directory.resolve(KEY.id() + ".json"));
        Files.writeString(directory.resolve("pr-1-torn-aaaa.json"), good.substring(0, good.length() / 2));
        Files.writeString(directory.resolve("pr-2-copy-bbbb.json"), good);
        Files.writeString(directory.resolve("notes.json"), "[1, 2]");
        Files.writeString(directory.resolve("nothing.json"), "");
        Files.writeString(directory.resolve("poor.json"), "{\"format\": 1}");
        Files.writeString(directory.resolve(KEY.id() + ".json.tmp"), good.substring(1));
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            assertThat(ledger.list()).containsExactly(full());
            assertThat(ledger.messages()).hasSize(6).allMatch(message -> message.contains("set aside as"));
            ledger.put(full());
        }
        try (Stream<Path> aside = Files.list(directory.resolve("set-aside"))) {
            assertThat(aside).hasSize(6);
        }
    }

    @Test
    void newerFieldsSurviveAndNewerFormatsAreRefused() throws IOException {
        Path file = directory.resolve(KEY.id() + ".json");
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            ledger.put(full());
        }
        Files.writeString(file, Files.readString(file).replaceFirst("\\{", "{\"colour\": \"green\","));
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            ledger.put(full().toBuilder().problem(null).build());
        }
        assertThat(Files.readString(file)).contains("\"colour\" : \"green\"").doesNotContain("\"problem\"");

        String newer = Files.readString(file).replace("\"format\" : 1", "\"format\" : 2");
        Files.writeString(file, newer);
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            assertThat(ledger.list()).isEmpty();
            assertThat(ledger.messages())
                    .singleElement()
                    .asString()
                    .contains("newer version")
                    .contains("format 2");
            assertThatThrownBy(() -> ledger.put(full())).hasMessageContaining("newer version");
        }
        assertThat(Files.readString(file)).isEqualTo(newer);
    }

    @Test
    void aFullDiskIsASentenceAndTheOldRecordCounts() {
        LedgerStorage broken = new LedgerStorage() {
            @Override
            public void writeForced(Path file, byte[] content) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void moveAtomically(Path from, Path to) {}

            @Override
            public void forceDirectory(Path dir) {}

            @Override
            public void delete(Path file) throws IOException {
                throw new IOException("Read-only file system");
            }
        };
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            ledger.put(full());
        }
        try (PreviewLedger ledger = PreviewLedger.open(directory, broken)) {
            assertThatThrownBy(
                            () -> ledger.put(full().toBuilder().problem("new").build()))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("No space left on device");
            assertThatThrownBy(() -> ledger.forget(KEY)).hasMessageContaining("Read-only file system");
            assertThat(ledger.get(KEY)).contains(full());
        }
        assertThatThrownBy(() -> PreviewLedger.open(directory.resolve(KEY.id() + ".json/x")))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("can't be opened");
    }

    @Test
    void aClosedLedgerWritesNothing() {
        PreviewLedger ledger = PreviewLedger.open(directory);
        ledger.close();
        ledger.close();
        assertThatThrownBy(() -> ledger.put(full())).hasMessageContaining("is closed");
    }

    @Test
    void whatAPutCostsDoesNotGrowWithTheLedger() {
        try (PreviewLedger ledger = PreviewLedger.open(directory, new NoDisk())) {
            fill(ledger, 0, 100);
            long few = garbageOfPuts(ledger);
            fill(ledger, 100, 3000);
            assertThat(garbageOfPuts(ledger))
                    .as("bytes of 100 puts among 3,000 records")
                    .isLessThan(few * 3 / 2);
            assertThat(ledger.list()).hasSize(3000);
        }
    }

    private static void fill(PreviewLedger ledger, int from, int to) {
        for (int i = from; i < to; i++) {
            ledger.put(numbered(i));
        }
    }

    private static long garbageOfPuts(PreviewLedger ledger) {
        Allocation spent = new Allocation();
        for (int i = 0; i < 100; i++) {
            PreviewRecord next = numbered(i).toBuilder().problem("again").build();
            spent.of(() -> {
                ledger.put(next);
                return null;
            });
        }
        return spent.bytes();
    }

    private static PreviewRecord numbered(int number) {
        PreviewKey key = PreviewKey.of("github.com/acme/shop", Integer.toString(1000 + number));
        return new PreviewRecordBuilder(key)
                .label(key.id())
                .state(PreviewState.READY)
                .createdAt(AT)
                .build();
    }

    /** Keeps nothing. */
    private static class NoDisk implements LedgerStorage {
        @Override
        public void writeForced(Path file, byte[] content) throws IOException {}

        @Override
        public void moveAtomically(Path from, Path to) throws IOException {}

        @Override
        public void forceDirectory(Path dir) throws IOException {}

        @Override
        public void delete(Path file) throws IOException {}
    }

    /** Holds the first forcing of the directory until it is let go. */
    private static final class HeldDisk extends NoDisk {
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch first = new CountDownLatch(1);
        private final AtomicInteger forced = new AtomicInteger();
        private volatile boolean breaks;

        @Override
        public void forceDirectory(Path dir) throws IOException {
            first.countDown();
            if (forced.incrementAndGet() == 1) {
                uninterruptibly(held);
            } else if (breaks) {
                throw new IOException("Input/output error");
            }
        }

        /** One write whose forcing is held, and ten that came meanwhile; then all go on. */
        List<CompletableFuture<Void>> crowd(PreviewLedger ledger, ExecutorService threads) throws Exception {
            List<CompletableFuture<Void>> puts = new ArrayList<>();
            puts.add(CompletableFuture.runAsync(() -> ledger.put(numbered(0)), threads));
            assertThat(first.await(60, TimeUnit.SECONDS)).isTrue();
            for (int i = 1; i <= 10; i++) {
                PreviewRecord next = numbered(i);
                puts.add(CompletableFuture.runAsync(() -> ledger.put(next), threads));
            }
            await().until(() -> ledger.waitingForDirectory() == 10);
            held.countDown();
            return puts;
        }
    }

    @Test
    void writersOfTheSameMomentShareOneForcingOfTheDirectory() throws Exception {
        HeldDisk disk = new HeldDisk();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (PreviewLedger ledger = PreviewLedger.open(directory, disk)) {
            List<CompletableFuture<Void>> puts = disk.crowd(ledger, threads);
            assertThat(puts).allSatisfy(put -> assertThat(put).succeedsWithin(Duration.ofSeconds(60)));
            assertThat(disk.forced).hasValue(2);
            assertThat(ledger.list()).hasSize(11);
        } finally {
            disk.held.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void allWhoShareAForcingHearThatItFailed() throws Exception {
        HeldDisk disk = new HeldDisk();
        disk.breaks = true;
        ExecutorService threads = Executors.newCachedThreadPool();
        try (PreviewLedger ledger = PreviewLedger.open(directory, disk)) {
            List<CompletableFuture<Void>> puts = disk.crowd(ledger, threads);
            assertThat(puts.get(0)).succeedsWithin(Duration.ofSeconds(60));
            assertThat(puts.subList(1, 11)).allSatisfy(put -> assertThat(put)
                    .failsWithin(Duration.ofSeconds(60))
                    .withThrowableThat()
                    .withMessageContaining("Input/output error"));
            assertThat(ledger.list()).containsExactly(numbered(0));
        } finally {
            disk.held.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void listenersHearOfEveryChangeAndTheVersionOfAllButOutput() {
        List<String> heard = new ArrayList<>();
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            ledger.put(full());
            Runnable end = ledger.listen((before, after) -> {
                heard.add((before == null ? "-" : before.problem()) + " > " + (after == null ? "-" : after.problem()));
                if (heard.size() == 2) {
                    throw new IllegalStateException("it can't follow");
                }
            });
            ledger.put(full().toBuilder().problem("other").build());
            long version = ledger.version();
            PreviewRecord read = full().toBuilder()
                    .problem("other")
                    .operation(full().operation()
                            .with(full().operation().execution().at(new OutputPosition("d", 9, 0, 70))))
                    .updatedAt(AT.plusSeconds(1))
                    .build();
            ledger.put(read);
            assertThat(ledger.version()).as("only more output was read").isEqualTo(version);
            assertThat(ledger.list()).containsExactly(read);
            ledger.put(read.toBuilder()
                    .updatedAt(AT.plusSeconds(2))
                    .problem("third")
                    .build());
            assertThat(ledger.version()).isEqualTo(version + 1);
            ledger.forget(KEY);
            end.run();
            ledger.put(full());
        }
        assertThat(heard)
                .containsExactly("- > a problem", "a problem > other", "other > other", "other > third", "third > -");
    }

    private static PreviewRecord full() {
        return new PreviewRecord(
                KEY,
                KEY.id(),
                PreviewState.CLOSING,
                7,
                "abc",
                "digest",
                new ChangeContext("123", "feature", "https://x/123", "https://x/shop.git", "abc", "main", true),
                new MachineInfo("dm-1", 0.5, 1024, 10, "5m", AT),
                new MachineIntent("key-1", 1, 2048, 10, "5m", AT, true),
                List.of("dm-0"),
                "dm-1",
                Map.of(
                        "web",
                        new ExposedPort("web", 3000, "l", "p-1", "https://u", Protocol.HTTP, Visibility.of("odd"))),
                "/health",
                true,
                new OperationRecord(
                        OperationRecord.Kind.ENSURE,
                        "op-1",
                        "DEPLOY",
                        7,
                        "abc",
                        "digest",
                        AT,
                        AT,
                        new ExecutionRecord("deploy", "tok", "dm-1", "ex-1", AT, new OutputPosition("c", 3, 2, 40)),
                        4,
                        "key-2",
                        true),
                new Closing(AT, true, AT, "closed by a person", true),
                "a problem",
                AT,
                AT,
                AT,
                new ExecutionRecord("deploy", "tok-0", "dm-1", "ex-0", AT, OutputPosition.START),
                true,
                "what viewers read",
                new TimeLimits.Answers(Duration.ofMinutes(20), Duration.ZERO),
                new Lifetime(Duration.ofDays(14), Duration.ofDays(2), AT, true, true, AT, AT, true));
    }
}
