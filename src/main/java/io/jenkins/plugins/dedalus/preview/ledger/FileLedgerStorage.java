package io.jenkins.plugins.dedalus.preview.ledger;

import io.jenkins.plugins.dedalus.preview.engine.CrashSeam;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The file system, with a seam before and after each operation. */
public class FileLedgerStorage implements LedgerStorage {
    private final CrashSeam seam;

    public FileLedgerStorage(CrashSeam seam) {
        this.seam = seam;
    }

    @Override
    public void writeForced(Path file, byte[] content) throws IOException {
        seam.reach("ledger: before writing");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        seam.reach("ledger: written");
    }

    @Override
    public void moveAtomically(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        seam.reach("ledger: renamed");
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
        seam.reach("ledger: directory forced");
    }

    @Override
    public void delete(Path file) throws IOException {
        seam.reach("ledger: before deleting");
        Files.deleteIfExists(file);
        seam.reach("ledger: deleted");
    }
}
