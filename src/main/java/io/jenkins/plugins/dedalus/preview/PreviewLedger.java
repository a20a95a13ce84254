package io.jenkins.plugins.dedalus.preview;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Logger;

/**
 * What is known about previews: one JSON file each, in a directory with one owning process. Every change is on the disk,
 * file, rename and directory, before a method returns. Thread-safe.
 */
public final class PreviewLedger implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(PreviewLedger.class.getName());

    private final Path directory;
    private final LedgerFormat format = new LedgerFormat();
    private final LedgerFiles files;
    private final LedgerStorage storage;
    /** Null when opened for reading. */
    private final LedgerLock lock;

    private final Map<String, LedgerFormat.Stored> records = new TreeMap<>();
    private final Map<String, String> untouchable = new TreeMap<>();
    private List<String> messages = List.of();
    private long version;
    private boolean closed;

    private PreviewLedger(Path directory, LedgerStorage storage, LedgerLock lock) {
        this.directory = directory;
        this.storage = storage;
        this.lock = lock;
        this.files = new LedgerFiles(directory, format, Clock.systemUTC());
    }

    /**
     * Opens as the owner; makes the directory if needed.
     *
     * @throws LedgerException naming the holder when another process owns it, or saying what can't be read
     */
    public static PreviewLedger open(Path directory) {
        return open(directory, new FileLedgerStorage(CrashSeam.NONE));
    }

    static PreviewLedger open(Path directory, LedgerStorage storage) {
        LedgerLock lock = null;
        try {
            Files.createDirectories(directory);
            lock = LedgerLock.take(directory);
            PreviewLedger ledger = new PreviewLedger(directory, storage, lock);
            ledger.load();
            lock = null;
            return ledger;
        } catch (IOException e) {
            throw new LedgerException(
                    "The ledger " + directory + " can't be opened: " + reason(e) + ". Check the directory's rights.",
                    e);
        } finally {
            close(lock);
        }
    }

    private synchronized void load() throws IOException {
        LedgerFiles.Contents contents = files.readAll(true);
        records.putAll(contents.records());
        untouchable.putAll(contents.untouchable());
        messages = List.copyOf(contents.messages());
        messages.forEach(LOGGER::warning);
    }

    /** Opens for reading beside the owner; {@link #list} and {@link #get} read the files anew each time. */
    public static PreviewLedger openReadOnly(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new LedgerException("There is no ledger at " + directory + ".");
        }
        return new PreviewLedger(directory, new FileLedgerStorage(CrashSeam.NONE), null);
    }

    /** The record of a preview. */
    public synchronized Optional<PreviewRecord> get(PreviewKey key) {
        refresh();
        LedgerFormat.Stored stored = records.get(key.id());
        return stored != null && stored.record().key().equals(key) ? Optional.of(stored.record()) : Optional.empty();
    }

    /** All records, by id. */
    public synchronized List<PreviewRecord> list() {
        refresh();
        return records.values().stream().map(LedgerFormat.Stored::record).toList();
    }

    /** Writes a record; it is on the disk when this returns. Throws {@link LedgerException} and keeps the old one if it can't. */
    public synchronized void put(PreviewRecord record) {
        requireOwner();
        String id = record.key().id();
        LedgerFormat.Stored before = records.get(id);
        if (untouchable.containsKey(id)) {
            throw new LedgerException(untouchable.get(id));
        }
        if (before != null && !before.record().key().equals(record.key())) {
            throw new LedgerException("The previews " + record.key() + " and "
                    + before.record().key() + " have the same id; give one of them another name.");
        }
        LedgerFormat.Stored stored = format.merge(record, before == null ? null : before.raw());
        Path unfinished = directory.resolve(id + LedgerFiles.UNFINISHED);
        try {
            storage.writeForced(unfinished, format.write(stored));
            storage.moveAtomically(unfinished, directory.resolve(id + LedgerFiles.SUFFIX));
            storage.forceDirectory(directory);
        } catch (IOException e) {
            throw new LedgerException(
                    "The record of " + id + " can't be written to " + directory + ": " + reason(e)
                            + ". Nothing further is done to this preview until it can.",
                    e);
        }
        records.put(id, stored);
        version++;
    }

    /** Forgets a record; unknown ones are forgotten already. */
    public synchronized void forget(PreviewKey key) {
        requireOwner();
        if (get(key).isEmpty()) {
            return;
        }
        try {
            storage.delete(directory.resolve(key.id() + LedgerFiles.SUFFIX));
            storage.forceDirectory(directory);
        } catch (IOException e) {
            throw new LedgerException(
                    "The record of " + key.id() + " can't be deleted from " + directory + ": " + reason(e) + ".", e);
        }
        records.remove(key.id());
        version++;
    }

    /** Sentences about files that were set aside or can't be read; empty when all is well. */
    public synchronized List<String> messages() {
        return messages;
    }

    /** Grows with every change made through this object; for ETags. Counts from 0 in each process. */
    public synchronized long version() {
        return version;
    }

    /** Where the files are. */
    public Path directory() {
        return directory;
    }

    /** Gives up the ownership. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            close(lock);
        }
    }

    private void refresh() {
        if (lock != null) {
            return;
        }
        try {
            LedgerFiles.Contents contents = files.readAll(false);
            records.clear();
            records.putAll(contents.records());
            messages = List.copyOf(contents.messages());
        } catch (IOException e) {
            throw new LedgerException("The ledger " + directory + " can't be read: " + reason(e) + ".", e);
        }
    }

    private void requireOwner() {
        if (lock == null || closed) {
            throw new LedgerException("The ledger " + directory
                    + (closed ? " is closed." : " was opened for reading; ask the process that owns it."));
        }
    }

    private static void close(LedgerLock lock) {
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException e) {
                LOGGER.warning("The ledger's lock could not be released: " + reason(e) + ".");
            }
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
