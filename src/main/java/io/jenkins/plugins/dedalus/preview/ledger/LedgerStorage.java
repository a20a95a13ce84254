package io.jenkins.plugins.dedalus.preview.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The few file operations that the ledger's durability rests on; a seam for tests. */
public interface LedgerStorage {
    /** Creates or empties the file, writes all bytes and forces them to the disk. */
    void writeForced(Path file, byte[] content) throws IOException;

    /** Replaces {@code to} by {@code from} in one step. */
    void moveAtomically(Path from, Path to) throws IOException;

    /** Forces the directory's entries to the disk. */
    void forceDirectory(Path directory) throws IOException;

    /** All bytes of a file. */
    default byte[] read(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    /** Deletes the file if it's there. */
    void delete(Path file) throws IOException;
}
