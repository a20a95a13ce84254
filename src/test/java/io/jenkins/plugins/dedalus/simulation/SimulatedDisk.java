package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.preview.EngineAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The ledger's disk: real files without fsync, and the knowledge of what an fsync would have kept. A power failure may take
 * back every rename whose directory was not forced.
 */
final class SimulatedDisk implements EngineAccess.Disk {
    /** What goes wrong with the next writes. */
    enum Trouble {
        NONE,
        FULL,
        BEFORE_WRITE,
        AFTER_RENAME,
        AFTER_FORCE,
        /** Some records can't be read when the ledger is opened. */
        UNREADABLE
    }

    private final Chance chance;
    private final Path directory;
    private final Consumer<String> seam;
    private final Consumer<byte[]> written;
    /** What the directory's entries were when they were last forced; only those that changed since. */
    private final Map<Path, Optional<byte[]>> unforced = new HashMap<>();

    private final Set<String> unreadable = new HashSet<>();

    private Trouble trouble = Trouble.NONE;

    SimulatedDisk(Chance chance, Path directory, Consumer<String> seam, Consumer<byte[]> written) {
        this.chance = chance;
        this.directory = directory;
        this.seam = seam;
        this.written = written;
    }

    boolean troubled() {
        return trouble != Trouble.NONE;
    }

    void trouble(Trouble next) {
        trouble = next;
    }

    @Override
    public void writeForced(Path file, byte[] content) throws IOException {
        seam.accept("ledger: before writing");
        written.accept(content);
        if (trouble == Trouble.FULL) {
            Files.write(file, java.util.Arrays.copyOf(content, content.length / 2));
            throw new IOException("No space left on device");
        }
        fail(Trouble.BEFORE_WRITE);
        Files.write(file, content);
        seam.accept("ledger: written");
    }

    @Override
    public void moveAtomically(Path from, Path to) throws IOException {
        unforced.putIfAbsent(to, content(to));
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        seam.accept("ledger: renamed");
        fail(Trouble.AFTER_RENAME);
    }

    @Override
    public void forceDirectory(Path forced) throws IOException {
        unforced.clear();
        seam.accept("ledger: directory forced");
        fail(Trouble.AFTER_FORCE);
    }

    @Override
    public byte[] read(Path file) throws IOException {
        if (trouble == Trouble.UNREADABLE && chance.of(0.5)) {
            unreadable.add(String.valueOf(file.getFileName()).replaceFirst("\\.json$", ""));
            throw new IOException("Input/output error");
        }
        return Files.readAllBytes(file);
    }

    /** The ids of the records that this process could not read. */
    Set<String> unreadable() {
        return Set.copyOf(unreadable);
    }

    @Override
    public void delete(Path file) throws IOException {
        seam.accept("ledger: before deleting");
        fail(Trouble.BEFORE_WRITE);
        unforced.putIfAbsent(file, content(file));
        Files.deleteIfExists(file);
        seam.accept("ledger: deleted");
    }

    private void fail(Trouble at) throws IOException {
        if (trouble == at) {
            trouble = Trouble.NONE;
            throw new IOException("Input/output error");
        }
    }

    private static Optional<byte[]> content(Path file) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    /** The power fails: of the entries that were not forced, chance says which are as they were before. */
    void powerFailure(Chance chance) {
        unforced.forEach((file, before) -> {
            if (chance.of(0.5)) {
                restore(file, before);
            }
        });
        unforced.clear();
    }

    private static void restore(Path file, Optional<byte[]> before) {
        try {
            if (before.isPresent()) {
                Files.write(file, before.get());
            } else {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a text stands in any file, those set aside included. */
    boolean holds(String text) {
        try (var files = Files.walk(directory)) {
            return files.filter(file -> file.toString().contains(".json")).anyMatch(file -> {
                try {
                    return Files.readString(file).contains(text);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
