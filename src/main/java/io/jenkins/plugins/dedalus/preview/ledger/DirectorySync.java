package io.jenkins.plugins.dedalus.preview.ledger;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Forces a directory's entries to the disk, once for all who ask while another one is under way: what the next one forces
 * holds the changes of all who wait for it. Thread-safe.
 */
final class DirectorySync {
    private final LedgerStorage storage;
    private final Path directory;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    /** Not begun: whoever asks now is part of it. */
    private Round next = new Round();

    private boolean running;

    /** One forcing, for all who asked before it began. */
    private static final class Round {
        private boolean done;
        private boolean interrupted;
        private IOException failure;
    }

    DirectorySync(LedgerStorage storage, Path directory) {
        this.storage = storage;
        this.directory = directory;
    }

    /** Returns once a forcing that began after this call has ended; throws what that one met. */
    void force() throws IOException {
        lock.lock();
        try {
            Round mine = next;
            while (!mine.done) {
                if (!running) {
                    lead(mine);
                    return;
                }
                ended.awaitUninterruptibly();
                // The leader's thread was interrupted, which says nothing about the disk: another one leads.
                mine = mine.interrupted ? next : mine;
            }
            if (mine.failure != null) {
                throw new IOException(mine.failure.getMessage(), mine.failure);
            }
        } finally {
            lock.unlock();
        }
    }

    int waiting() {
        lock.lock();
        try {
            return lock.getWaitQueueLength(ended);
        } finally {
            lock.unlock();
        }
    }

    private void lead(Round round) throws IOException {
        running = true;
        next = new Round();
        IOException failure = new IOException("the directory was not forced to the disk");
        lock.unlock();
        try {
            storage.forceDirectory(directory);
            failure = null;
        } catch (ClosedByInterruptException e) {
            round.interrupted = true;
            throw e;
        } catch (IOException e) {
            failure = e;
            throw e;
        } finally {
            lock.lock();
            round.failure = failure;
            round.done = true;
            running = false;
            ended.signalAll();
        }
    }
}
