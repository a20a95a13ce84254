package io.jenkins.plugins.dedalus.preview;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * What is known about previews: one JSON file each, in a directory with one owning process. Every change is on the disk,
 * file, rename and directory, before a method returns. Readers never wait for the disk: they see what was written last.
 * Thread-safe.
 */
public final class PreviewLedger implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(PreviewLedger.class.getName());

    private final Path directory;
    private final LedgerFormat format = new LedgerFormat();
    private final LedgerFiles files;
    private final LedgerStorage storage;
    /** Null when opened for reading. */
    private final LedgerLock lock;

    private volatile Snapshot snapshot = new Snapshot(0, Map.of(), Map.of(), List.of());
    /** Where the file says that the machines live, as far as this process knows; null if it hasn't looked yet. */
    private volatile LedgerOrigin origin;

    private volatile boolean closed;

    /** What the files hold, immutable; and how often it changed. */
    private record Snapshot(
            long version,
            Map<String, LedgerFormat.Stored> records,
            Map<String, String> untouchable,
            List<String> messages,
            List<PreviewRecord> open,
            List<PreviewRecord> closed) {
        Snapshot(
                long version,
                Map<String, LedgerFormat.Stored> records,
                Map<String, String> untouchable,
                List<String> messages) {
            this(version, records, untouchable, messages, those(records, false), those(records, true));
        }

        private static List<PreviewRecord> those(Map<String, LedgerFormat.Stored> records, boolean closed) {
            return records.values().stream()
                    .map(LedgerFormat.Stored::record)
                    .filter(record -> closed == (record.state() == PreviewState.CLOSED))
                    .toList();
        }

        Snapshot with(String id, LedgerFormat.Stored stored) {
            Map<String, LedgerFormat.Stored> next = new TreeMap<>(records);
            next.put(id, stored);
            return new Snapshot(version + 1, next, untouchable, messages);
        }

        Snapshot without(String id) {
            Map<String, LedgerFormat.Stored> next = new TreeMap<>(records);
            next.remove(id);
            return new Snapshot(version + 1, next, untouchable, messages);
        }
    }

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

    private void load() throws IOException {
        read(true);
        snapshot.messages().forEach(LOGGER::warning);
    }

    private synchronized void read(boolean setAside) throws IOException {
        LedgerFiles.Contents read = files.readAll(setAside);
        snapshot = new Snapshot(
                snapshot.version(), read.records(), Map.copyOf(read.untouchable()), List.copyOf(read.messages()));
    }

    /** Opens for reading beside the owner; {@link #list} and {@link #get} read the files anew each time. */
    public static PreviewLedger openReadOnly(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new LedgerException("There is no ledger at " + directory + ".");
        }
        return new PreviewLedger(directory, new FileLedgerStorage(CrashSeam.NONE), null);
    }

    /**
     * Says which API the records' machines live in, once and for all while there are any: another one knows none of them,
     * and what it doesn't know would count as deleted. Saying the same again costs nothing and waits for nobody.
     *
     * @param organisation null if the key's own
     * @throws LedgerException if they live in another
     */
    public void bind(String baseUrl, String organisation) {
        requireOwner();
        LedgerOrigin now = LedgerOrigin.of(baseUrl, organisation);
        if (!now.equals(origin)) {
            bind(now);
        }
    }

    private synchronized void bind(LedgerOrigin now) {
        requireOwner();
        Path file = directory.resolve(LedgerOrigin.FILE);
        try {
            LedgerOrigin before = LedgerOrigin.read(directory);
            if (now.equals(before)) {
                origin = now;
                return;
            }
            if (before != null && !before.mayBe(now) && !snapshot.open().isEmpty()) {
                throw new LedgerException("The " + snapshot.open().size() + " previews in the ledger " + directory
                        + " have their machines at " + before + ", not at " + now
                        + ". Set that back and take them down first. If both are the same service and account, delete the"
                        + " file " + file + ".");
            }
            if (before != null
                    && before.mayBe(now)
                    && now.organisation().isEmpty()
                    && !snapshot.open().isEmpty()) {
                // The organisation once named is still that of the machines, though it isn't named now.
                origin = now;
                return;
            }
            Path unfinished = directory.resolve(LedgerOrigin.FILE + ".tmp");
            storage.writeForced(unfinished, now.bytes());
            storage.moveAtomically(unfinished, file);
            storage.forceDirectory(directory);
            origin = now;
        } catch (IOException e) {
            throw new LedgerException("The file " + file + " can't be read or written: " + reason(e) + ".", e);
        }
    }

    /** The record of a preview, also of one that is closed. */
    public Optional<PreviewRecord> get(PreviewKey key) {
        LedgerFormat.Stored stored = current().records().get(key.id());
        return stored != null && stored.record().key().equals(key) ? Optional.of(stored.record()) : Optional.empty();
    }

    /** The records of all previews that aren't closed, by id. */
    public List<PreviewRecord> list() {
        return current().open();
    }

    /** The records of previews that are {@link PreviewState#CLOSED}, by id: they own nothing any more. */
    public List<PreviewRecord> closed() {
        return current().closed();
    }

    /** Every machine that a preview in here answers for. */
    Set<String> machines() {
        return list().stream().flatMap(record -> record.machines().stream()).collect(Collectors.toSet());
    }

    /**
     * Makes sure that nothing on the disk is left out of account.
     *
     * @throws LedgerException when there is a file of this preview that can't be read
     */
    void requireKnown(PreviewKey key) {
        String why = current().untouchable().get(key.id());
        if (why != null) {
            throw new LedgerException(why);
        }
    }

    /** Writes a record; it is on the disk when this returns. Throws {@link LedgerException} and keeps the old one if it can't. */
    public synchronized void put(PreviewRecord record) {
        requireOwner();
        String id = record.key().id();
        requireKnown(record.key());
        LedgerFormat.Stored before = snapshot.records().get(id);
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
        snapshot = snapshot.with(id, stored);
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
        snapshot = snapshot.without(key.id());
    }

    /** Sentences about files that were set aside or can't be read; empty when all is well. */
    public List<String> messages() {
        return snapshot.messages();
    }

    /** Grows with every change made through this object; for ETags. Counts from 0 in each process. */
    public long version() {
        return snapshot.version();
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

    private Snapshot current() {
        try {
            if (lock == null) {
                read(false);
            }
            return snapshot;
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
