package io.jenkins.plugins.dedalus.preview.ledger;

import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One owner per ledger directory: a file lock that the operating system releases when the owner dies, however it dies.
 *
 * <p>Within one process the lock is not enough: on POSIX systems closing any second channel to the file would release it.
 * So a system property, which also plugin reloads share, says that this process holds it, before the file is touched.
 */
final class LedgerLock implements AutoCloseable {
    private static final String PROPERTY = "io.jenkins.plugins.dedalus.preview.ledger:";

    private final FileChannel channel;
    private final FileLock lock;
    private final String property;

    private LedgerLock(FileChannel channel, FileLock lock, String property) {
        this.channel = channel;
        this.lock = lock;
        this.property = property;
    }

    static LedgerLock take(Path directory) throws IOException {
        Path file = directory.toRealPath().resolve("owner.lock");
        String property = PROPERTY + file;
        String self = "process " + ProcessHandle.current().pid();
        if (System.getProperties().putIfAbsent(property, self) != null) {
            throw owned(directory, self + " (this one)");
        }
        FileChannel channel = null;
        boolean taking = false;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock(Long.MAX_VALUE - 1, 1, false);
            if (lock == null) {
                throw owned(directory, holder(file));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(self.getBytes(StandardCharsets.UTF_8)), 0);
            LedgerLock taken = new LedgerLock(channel, lock, property);
            taking = true;
            return taken;
        } finally {
            if (!taking) {
                System.getProperties().remove(property);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    private static String holder(Path file) throws IOException {
        String text = Files.readString(file).trim();
        return text.isEmpty() ? "another process" : text;
    }

    private static LedgerException owned(Path directory, String holder) {
        return new LedgerException("The ledger " + directory + " is owned by " + holder
                + ". One process owns a ledger: stop that one, or ask it through its API.");
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
        System.getProperties().remove(property);
    }
}
