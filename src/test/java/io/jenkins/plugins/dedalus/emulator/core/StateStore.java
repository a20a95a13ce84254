package io.jenkins.plugins.dedalus.emulator.core;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What is found again after the emulator was killed: one JSON file for each machine and each execution. */
public final class StateStore implements AutoCloseable {
    /** What is kept of a machine. */
    record KeptMachine(
            Machine.View view,
            Instant lastWake,
            Instant destroyedAt,
            int wakes,
            Sandbox.Trace trace,
            List<Instant> awake,
            List<KeptPreview> previews) {}

    /** What is kept of a preview. */
    record KeptPreview(Preview.View view, int listenPort) {}

    /** What is kept of an execution. */
    record KeptExecution(Execution.View view, List<Execution.Event> events) {}

    /** Reads and writes the kept records. */
    public static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private final Path root;
    private final boolean durable;
    private final FileChannel lockFile;

    /**
     * Takes a directory for this emulator alone. Throws {@link IOException} with a sentence where another has it.
     *
     * @param durable false keeps nothing
     */
    public StateStore(Path root, boolean durable) throws IOException {
        this.root = root;
        this.durable = durable;
        Files.createDirectories(root.resolve("machines"));
        Files.createDirectories(root.resolve("executions"));
        lockFile = FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            lockFile.close();
            throw new IOException("Another emulator of this process uses " + root + "; give each its own.", e);
        }
        if (lock == null) {
            lockFile.close();
            throw new IOException(
                    "Another emulator uses " + root + "; stop it, or give this one a directory of its own.");
        }
    }

    private StateStore() {
        root = Path.of("nowhere");
        durable = false;
        lockFile = null;
    }

    /** Keeps nothing and touches no disk. */
    static StateStore none() {
        return new StateStore();
    }

    /** Keeps a machine as it is now. */
    void save(Machine machine) {
        if (!durable) {
            return;
        }
        KeptMachine kept;
        synchronized (machine) {
            kept = new KeptMachine(
                    machine.view(),
                    machine.lastWake,
                    machine.destroyedAt,
                    machine.wakes,
                    machine.trace,
                    machine.awake.changes(),
                    machine.previews.values().stream()
                            .map(preview -> new KeptPreview(preview.view(), preview.listenPort))
                            .toList());
            write(root.resolve("machines").resolve(machine.id + ".json"), kept);
        }
    }

    /** Keeps an execution as it is now. */
    void save(Execution execution) {
        if (durable) {
            Path directory = root.resolve("executions").resolve(execution.machineId);
            write(
                    directory.resolve(execution.id + ".json"),
                    new KeptExecution(execution.view(), execution.events(0, Integer.MAX_VALUE)));
        }
    }

    private static void write(Path file, Object value) {
        try {
            Files.createDirectories(file.getParent());
            Path fresh = Files.createTempFile(file.getParent(), ".", ".tmp");
            Files.write(fresh, JSON.writeValueAsBytes(value));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not keep " + file, e);
        }
    }

    /** The machines that were kept, oldest first. */
    List<KeptMachine> machines() throws IOException {
        List<KeptMachine> all = read(root.resolve("machines"), KeptMachine.class);
        all.sort(Comparator.comparing(kept -> kept.view().createdAt()));
        return all;
    }

    /** The executions that were kept of a machine, oldest first. */
    List<KeptExecution> executions(String machineId) throws IOException {
        List<KeptExecution> all = read(root.resolve("executions").resolve(machineId), KeptExecution.class);
        all.sort(Comparator.comparing(kept -> kept.view().createdAt()));
        return all;
    }

    private static <T> List<T> read(Path directory, Class<T> type) throws IOException {
        List<T> all = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".json")).toList()) {
                    all.add(JSON.readValue(file.toFile(), type));
                }
            }
        }
        return all;
    }

    /** Where the Idempotency-Keys are kept. */
    public Path idempotencyKeys() {
        return root.resolve("idempotency.ndjson");
    }

    /** Whether anything is kept. */
    public boolean durable() {
        return durable;
    }

    @Override
    public void close() throws IOException {
        if (lockFile != null) {
            lockFile.close();
        }
    }
}
