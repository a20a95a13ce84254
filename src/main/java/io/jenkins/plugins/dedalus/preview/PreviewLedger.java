package io.jenkins.plugins.dedalus.preview;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One JSON file per preview; every change is on the disk before a method returns. Thread-safe. */
public final class PreviewLedger implements AutoCloseable {
    private PreviewLedger() {}

    /** Opens as the owner; throws {@link LedgerException} naming the holder when another process owns it. */
    public static PreviewLedger open(Path directory) {
        throw new UnsupportedOperationException("not built yet: " + directory);
    }

    /** Opens for reading beside the owner; {@link #list()} and {@link #get} read the files anew each time. */
    public static PreviewLedger openReadOnly(Path directory) {
        throw new UnsupportedOperationException("not built yet: " + directory);
    }

    /** The record of a preview. */
    public Optional<PreviewRecord> get(PreviewKey key) {
        throw new UnsupportedOperationException("not built yet: " + key);
    }

    /** All records, by id. */
    public List<PreviewRecord> list() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Writes a record. */
    public void put(PreviewRecord record) {
        throw new UnsupportedOperationException("not built yet: " + record);
    }

    /** Forgets a record. */
    public void forget(PreviewKey key) {
        throw new UnsupportedOperationException("not built yet: " + key);
    }

    /** Sentences about files that were set aside or can't be read; empty when all is well. */
    public List<String> messages() {
        return List.of();
    }

    /** Changes with every put and forget of this process; for ETags. */
    public long version() {
        return 0;
    }

    /** Gives up the ownership. */
    @Override
    public void close() {}
}
