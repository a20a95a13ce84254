package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.preview.engine.CrashSeam;
import io.jenkins.plugins.dedalus.preview.ledger.LedgerStorage;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The engine's package-private parts that the simulator plays with: the disk, the crash points and the lanes. */
public final class EngineAccess {
    private EngineAccess() {}

    /** The disk below a ledger. */
    public interface Disk {
        /** Creates or empties the file, writes all bytes and forces them. */
        void writeForced(Path file, byte[] content) throws IOException;

        /** Replaces {@code to} by {@code from} in one step. */
        void moveAtomically(Path from, Path to) throws IOException;

        /** Forces the directory's entries. */
        void forceDirectory(Path directory) throws IOException;

        /** All bytes of a file. */
        byte[] read(Path file) throws IOException;

        /** Deletes the file if it's there. */
        void delete(Path file) throws IOException;
    }

    /** Opens a ledger on a disk. */
    public static PreviewLedger open(Path directory, Disk disk) {
        return PreviewLedger.open(directory, new LedgerStorage() {
            @Override
            public void writeForced(Path file, byte[] content) throws IOException {
                disk.writeForced(file, content);
            }

            @Override
            public void moveAtomically(Path from, Path to) throws IOException {
                disk.moveAtomically(from, to);
            }

            @Override
            public void forceDirectory(Path forced) throws IOException {
                disk.forceDirectory(forced);
            }

            @Override
            public byte[] read(Path file) throws IOException {
                return disk.read(file);
            }

            @Override
            public void delete(Path file) throws IOException {
                disk.delete(file);
            }
        });
    }

    /** Sets the crash points between calls and records. */
    public static LifecycleBuilder seam(LifecycleBuilder builder, CrashSeam seam) {
        return builder.seam(seam);
    }

    /** How many lanes are held. */
    public static int queues(PreviewLifecycle lifecycle) {
        return lifecycle.queues().size();
    }

    /** Tells all operations to stop where they stand; complete when they have. */
    public static CompletableFuture<Void> halt(PreviewLifecycle lifecycle) {
        return lifecycle.queues().halt();
    }

    /** The records of all previews, closed ones included. */
    public static List<PreviewRecord> records(PreviewLedger ledger) {
        List<PreviewRecord> all = new ArrayList<>(ledger.list());
        all.addAll(ledger.closed());
        return all;
    }
}
