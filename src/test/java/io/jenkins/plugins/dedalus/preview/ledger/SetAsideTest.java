package io.jenkins.plugins.dedalus.preview.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.preview.engine.CrashSeam;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record that can't be read, or not be understood, is never taken for none. */
class SetAsideTest {
    private static final PreviewKey KEY = PreviewKey.of("github.com/acme/shop", "123");
    private static final PreviewKey OTHER = PreviewKey.of("github.com/acme/shop", "124");

    @TempDir
    Path directory;

    private Path file;
    private String good;

    @BeforeEach
    void write() throws IOException {
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            ledger.put(record(KEY));
            ledger.put(record(OTHER));
        }
        file = directory.resolve(KEY.id() + ".json");
        good = Files.readString(file);
    }

    @Test
    void anErrorOfReadingMovesNothingAndLetsNothingNewTakeItsPlace() throws IOException {
        LedgerStorage broken = new FileLedgerStorage(CrashSeam.NONE) {
            @Override
            public byte[] read(Path read) throws IOException {
                if (read.equals(file)) {
                    throw new IOException("Input/output error");
                }
                return super.read(read);
            }
        };
        try (PreviewLedger ledger = PreviewLedger.open(directory, broken)) {
            assertThat(ledger.list()).containsExactly(record(OTHER));
            assertThat(ledger.messages())
                    .singleElement()
                    .asString()
                    .contains("can't be read: Input/output error. It is left alone");
            assertThatThrownBy(() -> ledger.put(record(KEY))).hasMessageContaining("Input/output error");
        }
        assertThat(file).hasContent(good);
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            assertThat(ledger.list()).containsExactlyInAnyOrder(record(KEY), record(OTHER));
        }
    }

    @Test
    void whatWasSetAsideKeepsItsPlaceUntilItIsMendedAndMovedBack() throws IOException {
        Files.writeString(file, good.substring(0, good.length() / 2));
        for (int start = 0; start < 3; start++) {
            try (PreviewLedger ledger = PreviewLedger.open(directory)) {
                assertThat(ledger.messages())
                        .singleElement()
                        .asString()
                        .contains("set aside as")
                        .contains("mend the file and move it back to " + KEY.id() + ".json, or delete it");
                assertThatThrownBy(() -> ledger.put(record(KEY)))
                        .isInstanceOf(LedgerException.class)
                        .hasMessageContaining("set aside as");
                assertThatThrownBy(() -> ledger.requireKnown(KEY)).isInstanceOf(LedgerException.class);
            }
        }
        Path aside = aside().get(0);
        Files.writeString(aside, good);
        Files.move(aside, file);
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            assertThat(ledger.messages()).isEmpty();
            assertThat(ledger.get(KEY)).contains(record(KEY));
            ledger.put(record(KEY));
        }
    }

    @Test
    void whoDeletesWhatWasSetAsideFreesItsPlace() throws IOException {
        Files.writeString(file, "");
        PreviewLedger.open(directory).close();
        Files.delete(aside().get(0));
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            assertThat(ledger.messages()).isEmpty();
            ledger.put(record(KEY));
        }
    }

    @Test
    void aValueThatOnlyANewerVersionKnowsLeavesTheFileAlone() throws IOException {
        String newer = good.replace("\"READY\"", "\"HIBERNATING\"");
        Files.writeString(file, newer);
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            assertThat(ledger.list()).containsExactly(record(OTHER));
            assertThat(ledger.messages())
                    .singleElement()
                    .asString()
                    .contains("newer version")
                    .contains("HIBERNATING");
            assertThatThrownBy(() -> ledger.put(record(KEY))).hasMessageContaining("HIBERNATING");
        }
        assertThat(file).hasContent(newer);
    }

    @Test
    void aRecordWhoseKeyWasSpeltOtherwiseIsFoundAgain() throws IOException {
        String old = PreviewKey.id("github.com:22/Acme/Shop", "123", "default");
        String written = good.replace("github.com/acme/shop", "github.com:22/Acme/Shop");
        Files.delete(file);
        Path before = Files.writeString(directory.resolve(old + ".json"), written);
        for (int start = 0; start < 2; start++) {
            try (PreviewLedger ledger = PreviewLedger.open(directory)) {
                assertThat(ledger.messages()).isEmpty();
                assertThat(ledger.get(PreviewKey.of("https://GitHub.com:443/ACME/shop.git", "123")))
                        .isPresent();
                ledger.put(ledger.get(KEY).orElseThrow());
            }
        }
        assertThat(before).doesNotExist();
        assertThat(file).exists();
    }

    @Test
    void ofTwoRecordsOfOnePreviewNoneIsLost() throws IOException {
        String old = PreviewKey.id("github.com/Acme/Shop", "123", "default");
        String written = good.replace("github.com/acme/shop", "github.com/Acme/Shop");
        Path second = Files.writeString(directory.resolve(old + ".json"), written);
        try (PreviewLedger ledger = PreviewLedger.open(directory)) {
            assertThat(ledger.get(KEY)).contains(record(KEY));
            assertThat(ledger.messages()).singleElement().asString().contains("second record of preview " + KEY.id());
        }
        assertThat(second).hasContent(written);
    }

    private List<Path> aside() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("set-aside"))) {
            return files.toList();
        }
    }

    private static PreviewRecord record(PreviewKey key) {
        return new PreviewRecordBuilder(key).state(PreviewState.READY).order(3).build();
    }
}
