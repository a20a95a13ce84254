package io.jenkins.plugins.dedalus.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.Protocol;
import io.jenkins.plugins.dedalus.client.Visibility;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    void readersSeeTheOwnersChangesAndMayChangeNothing() {
        try (PreviewLedger owner = PreviewLedger.open(directory);
                PreviewLedger reader = PreviewLedger.openReadOnly(directory)) {
            assertThat(reader.list()).isEmpty();
            owner.put(full());
            assertThat(reader.get(KEY)).contains(full());
            assertThatThrownBy(() -> reader.put(full()))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("ask the process that owns it");
            assertThat(owner.version()).isEqualTo(1);
        }
        assertThatThrownBy(() -> PreviewLedger.openReadOnly(directory.resolve("none")))
                .hasMessageContaining("There is no ledger");
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
            assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();
            CompletableFuture<Void> again = CompletableFuture.runAsync(() -> ledger.bind("https://one.example/", null));
            assertThat(again).succeedsWithin(Duration.ofSeconds(5));
            written.countDown();
            put.join();
        } finally {
            written.countDown();
        }
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
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
                new MachineIntent("key-1", 1, 2048, 10, "5m", AT),
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
                        new ExecutionRecord("deploy", "tok", "dm-1", "ex-1", AT, new OutputPosition("c", 3, 2)),
                        4,
                        "key-2",
                        true),
                new Closing(AT, true, AT, "closed by a person"),
                "a problem",
                AT,
                AT,
                AT);
    }
}
