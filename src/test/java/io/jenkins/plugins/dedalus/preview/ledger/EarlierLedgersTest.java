package io.jenkins.plugins.dedalus.preview.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.preview.EngineAccess;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger of each release, as that release wrote it: this version reads it, forgets nothing of it and goes on with it. */
class EarlierLedgersTest {
    private static final PreviewKey READY = key("1");
    private static final PreviewKey DEPLOYING = key("2");
    private static final PreviewKey UNANSWERED = key("3");
    private static final PreviewKey CLOSING = key("4");
    private static final PreviewKey DELETING = key("5");
    private static final PreviewKey CLOSED = key("6");

    @TempDir
    Path directory;

    private static PreviewKey key(String change) {
        return PreviewKey.of("https://github.com/acme/shop.git", change);
    }

    @BeforeEach
    void theLedgerOfRelease01() throws IOException, URISyntaxException {
        Path kept = Path.of(EarlierLedgersTest.class.getResource("ledger-0.1").toURI());
        try (Stream<Path> files = Files.list(kept)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName().toString()));
            }
        }
    }

    private static PreviewRecord record(PreviewLedger ledger, PreviewKey key) {
        return ledger.get(key).orElseThrow();
    }

    @Test
    void everyRecordIsReadAndNoneIsSetAside() {
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            assertThat(ledger.messages()).isEmpty();
            assertThat(ledger.list())
                    .extracting(PreviewRecord::key)
                    .containsExactlyInAnyOrder(READY, DEPLOYING, UNANSWERED, CLOSING, DELETING);
            assertThat(ledger.closed()).extracting(PreviewRecord::key).containsExactly(CLOSED);
        }
    }

    @Test
    void whatMachinesDependOnIsAsItWas() {
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            ledger.bind("https://dcs.dedaluslabs.ai", null);
            assertThat(record(ledger, READY).wakeTarget("web").machineId()).isEqualTo("dm-0000000000000000ready");
            ExecutionRecord script = record(ledger, DEPLOYING).operation().execution();
            assertThat(script.executionId()).isEqualTo("exec-00000000000000deploy");
            assertThat(script.position().cursor()).isEqualTo("YWZ0ZXI6Mw");
            assertThat(script.position().sequence()).isEqualTo(3);
            assertThat(script.position().lines()).isEqualTo(2);
            assertThat(record(ledger, UNANSWERED).creation().idempotencyKey())
                    .isEqualTo("create-11111111-2222-3333-4444-555555555555");
            assertThat(record(ledger, CLOSING).closing().confirmed()).isFalse();
            assertThat(record(ledger, CLOSING).closing().deleteAt()).isEqualTo(Instant.parse("2026-11-27T10:00:00Z"));
            assertThat(record(ledger, DELETING).machines())
                    .containsExactly("dm-0000000000000retired", "dm-000000000000deleting");
            assertThat(TeardownStage.deletes(record(ledger, DELETING).operation()))
                    .isTrue();
        }
    }

    @Test
    void writtenAnewItSaysTheSame() {
        List<PreviewRecord> before;
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            before = sorted(ledger);
            before.forEach(ledger::put);
        }
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            assertThat(sorted(ledger)).isEqualTo(before);
        }
    }

    private static List<PreviewRecord> sorted(PreviewLedger ledger) {
        return EngineAccess.records(ledger).stream()
                .sorted(Comparator.comparing(record -> record.key().id()))
                .toList();
    }
}
