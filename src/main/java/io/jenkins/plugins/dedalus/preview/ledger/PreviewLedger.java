package io.jenkins.plugins.dedalus.preview.ledger;

import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.preview.engine.CrashSeam;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.UnaryOperator;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is known about previews: one JSON file each, in a directory with one owning process. Every change is on the disk,
 * file, rename and directory, before a method returns. Readers never wait for the disk: they see what was written last.
 * Thread-safe.
 */
public final class PreviewLedger implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(PreviewLedger.class.getName());
    private static final int STRIPES = 64;

    private final Path directory;
    private final LedgerFormat format = new LedgerFormat();
    private final LedgerFiles files;
    private final LedgerStorage storage;
    private final LedgerLock lock;
    private final LedgerIndex index = new LedgerIndex();
    private final DirectorySync sync;
    private final LedgerKeys keys;
    /** Writers share it, closing waits for them. */
    private final ReadWriteLock writing = new ReentrantReadWriteLock();
    /** One write at a time per record; a few locks for all of them. */
    private final Object[] stripes = Stream.generate(Object::new).limit(STRIPES).toArray();

    /** Ids of files that must not be overwritten, and why. */
    private volatile Map<String, String> untouchable = Map.of();

    private volatile List<String> messages = List.of();
    /** Where the file says that the machines live, as far as this process knows; null if it hasn't looked yet. */
    private volatile LedgerOrigin origin;

    private volatile boolean closed;

    private PreviewLedger(Path directory, LedgerStorage storage, LedgerLock lock) {
        this.directory = directory;
        this.storage = storage;
        this.lock = lock;
        this.sync = new DirectorySync(storage, directory);
        this.keys = new LedgerKeys(directory, storage);
        this.files = new LedgerFiles(directory, storage, format, Clock.systemUTC());
    }

    /**
     * Opens as the owner; makes the directory if needed.
     *
     * @throws LedgerException naming the holder when another process owns it, or saying what can't be read
     */
    public static PreviewLedger open(Path directory) {
        return open(directory, new FileLedgerStorage(CrashSeam.NONE));
    }

    public static PreviewLedger open(Path directory, LedgerStorage storage) {
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
        LedgerFiles.Contents read = files.readAll();
        index.replace(read.records());
        untouchable = Map.copyOf(read.untouchable());
        messages = List.copyOf(read.messages());
        messages.forEach(LOGGER::warning);
    }

    /**
     * Says which API the records' machines live in, once and for all while there are any: another one knows none of them,
     * and what it doesn't know would count as deleted. Saying the same again costs nothing and waits for nobody.
     *
     * @param organisation null if the key's own
     * @throws LedgerException if they live in another
     */
    public void bind(String baseUrl, String organisation) {
        requireOpen();
        LedgerOrigin now = LedgerOrigin.of(baseUrl, organisation);
        if (!now.equals(origin)) {
            writing.writeLock().lock();
            try {
                bind(now);
            } finally {
                writing.writeLock().unlock();
            }
        }
    }

    private synchronized void bind(LedgerOrigin now) {
        requireOpen();
        Path file = directory.resolve(LedgerOrigin.FILE);
        try {
            LedgerOrigin before = LedgerOrigin.read(directory);
            if (now.equals(before)) {
                origin = now;
                return;
            }
            if (before != null && !before.mayBe(now) && !index.open().isEmpty()) {
                throw new LedgerException("The " + index.open().size() + " previews in the ledger " + directory
                        + " have their machines at " + before + ", not at " + now
                        + ". Set that back and take them down first. If both are the same service and account, delete the"
                        + " file " + file + ".");
            }
            if (before != null
                    && before.mayBe(now)
                    && now.organisation().isEmpty()
                    && !index.open().isEmpty()) {
                // The organisation once named is still that of the machines, though it isn't named now.
                origin = now;
                return;
            }
            if (before == null && !index.open().isEmpty() && !keys.none()) {
                // A person deleted the file, and so said that API and key are the right ones.
                keys.trustNext();
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

    /** Which API keys are known to see the machines of this ledger. */
    public LedgerKeys keys() {
        return keys;
    }

    /** The record of a preview, also of one that is closed. */
    public Optional<PreviewRecord> get(PreviewKey key) {
        LedgerFormat.Stored stored = index.get(key.id());
        return stored != null && stored.record().key().equals(key) ? Optional.of(stored.record()) : Optional.empty();
    }

    /** The record of the preview with this {@link PreviewKey#id()}, also of one that is closed. */
    public Optional<PreviewRecord> byId(String id) {
        return Optional.ofNullable(index.get(id)).map(LedgerFormat.Stored::record);
    }

    /** The records of all previews that aren't closed, by id. */
    public List<PreviewRecord> list() {
        return index.open();
    }

    /** The records of previews that are {@link PreviewState#CLOSED}, by id: they own nothing any more. */
    public List<PreviewRecord> closed() {
        return index.closed();
    }

    /** Every machine that a preview in here answers for, as {@link MachineIds#canonical}. */
    public Set<String> machines() {
        return list().stream()
                .flatMap(record -> record.machines().stream())
                .map(MachineIds::canonical)
                .collect(Collectors.toSet());
    }

    /**
     * Makes sure that nothing on the disk is left out of account.
     *
     * @throws LedgerException when there is a file of this preview that can't be read
     */
    public void requireKnown(PreviewKey key) {
        String why = untouchable.get(key.id());
        if (why != null) {
            throw new LedgerException(why);
        }
    }

    /** Whether no file had to be left alone or set aside, so that the records are all there are. */
    public boolean readsAll() {
        return untouchable.isEmpty();
    }

    /** Writes a record; it is on the disk when this returns. Throws {@link LedgerException} and keeps the old one if it can't. */
    public void put(PreviewRecord record) {
        changing(record.key(), () -> write(record));
    }

    /**
     * Changes a record in one step, so that nobody's change is lost; as {@link #put}.
     *
     * @param change writes nothing if it returns what it was given
     * @return the record as it is now; empty if there is none
     */
    public Optional<PreviewRecord> change(PreviewKey key, UnaryOperator<PreviewRecord> change) {
        changing(key, () -> get(key).ifPresent(before -> {
            PreviewRecord next = change.apply(before);
            if (next != before) {
                write(next);
            }
        }));
        return get(key);
    }

    private void write(PreviewRecord record) {
        String id = record.key().id();
        requireKnown(record.key());
        LedgerFormat.Stored before = index.get(id);
        if (before != null && !before.record().key().equals(record.key())) {
            throw new LedgerException("The previews " + record.key() + " and "
                    + before.record().key() + " have the same id; give one of them another name.");
        }
        LedgerFormat.Stored stored = before == null ? new LedgerFormat.Stored(record) : before.with(record);
        Path unfinished = directory.resolve(id + LedgerFiles.UNFINISHED);
        try {
            storage.writeForced(unfinished, format.write(stored));
            storage.moveAtomically(unfinished, directory.resolve(id + LedgerFiles.SUFFIX));
            sync.force();
        } catch (IOException e) {
            throw new LedgerException(
                    "The record of " + id + " can't be written to " + directory + ": " + reason(e)
                            + ". Nothing further is done to this preview until it can.",
                    e);
        }
        index.put(id, stored);
    }

    /** Forgets a record; unknown ones are forgotten already. */
    public void forget(PreviewKey key) {
        changing(key, () -> delete(key));
    }

    private void delete(PreviewKey key) {
        if (get(key).isEmpty()) {
            return;
        }
        try {
            storage.delete(directory.resolve(key.id() + LedgerFiles.SUFFIX));
            sync.force();
        } catch (IOException e) {
            throw new LedgerException(
                    "The record of " + key.id() + " can't be deleted from " + directory + ": " + reason(e) + ".", e);
        }
        index.remove(key.id());
    }

    /** Changes of one record come one after the other; those of different records share what the disk takes. */
    private void changing(PreviewKey key, Runnable change) {
        writing.readLock().lock();
        try {
            requireOpen();
            synchronized (stripes[Math.floorMod(key.id().hashCode(), STRIPES)]) {
                change.run();
            }
        } finally {
            writing.readLock().unlock();
        }
    }

    /**
     * Tells the listener of every record there is, as if it were new, then of every change made through this object, in order
     * and before the method that made the change returns.
     *
     * @return ends it
     */
    public Runnable listen(LedgerListener listener) {
        return index.listen(listener);
    }

    /** Sentences about files that were set aside or can't be read; empty when all is well. */
    public List<String> messages() {
        return messages;
    }

    /**
     * Grows with every change made through this object, but of how far a script's output was read; for ETags. Counts from 0
     * in each process.
     */
    public long version() {
        return index.version();
    }

    /** How many writers wait for the directory to be forced to the disk. */
    int waitingForDirectory() {
        return sync.waiting();
    }

    /** Where the files are. */
    public Path directory() {
        return directory;
    }

    /** Gives up the ownership. Idempotent. */
    @Override
    public void close() {
        writing.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                close(lock);
            }
        } finally {
            writing.writeLock().unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new LedgerException("The ledger " + directory + " is closed.");
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
