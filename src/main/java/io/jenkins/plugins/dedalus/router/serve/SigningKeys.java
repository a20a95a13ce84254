package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.access.Signer;
import io.jenkins.plugins.dedalus.router.admin.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The keys that sign sign-ins and share links, one a line, from a file that is read again when it changes: so replicas can
 * share it, and a key can be exchanged without a restart. The first line signs, every line verifies.
 */
final class SigningKeys implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SigningKeys.class.getName());
    private static final Duration LOOK = Duration.ofSeconds(10);

    private final Path file;
    private final EngineScheduler scheduler;
    private volatile List<byte[]> keys;
    private Runnable cancel = () -> {};
    private boolean closed;

    private SigningKeys(Path file, EngineScheduler scheduler, List<byte[]> keys) {
        this.file = file;
        this.scheduler = scheduler;
        this.keys = keys;
    }

    /**
     * Reads the file; makes it, readable by its owner only, where there is none.
     *
     * @throws StartException with a sentence
     */
    static SigningKeys open(Path file, EngineScheduler scheduler) {
        try {
            if (!Files.exists(file)) {
                OwnerOnly.write(file, Base64.getEncoder().encodeToString(Signer.freshKey()) + "\n");
            }
            SigningKeys keys = new SigningKeys(file, scheduler, read(file));
            keys.again();
            return keys;
        } catch (IOException | IllegalArgumentException e) {
            throw new StartException(
                    "The signing key " + file + " can't be read or made: " + e.getMessage()
                            + ". Deleting it makes a new one and withdraws every share link.",
                    e);
        }
    }

    private static List<byte[]> read(Path file) throws IOException {
        List<byte[]> read = Files.readString(file)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(Base64.getDecoder()::decode)
                .toList();
        if (read.isEmpty() || read.stream().anyMatch(key -> key.length < Signer.KEY_BYTES)) {
            throw new IllegalArgumentException("it needs one key of 32 bytes or more a line, in base64");
        }
        return read;
    }

    /** Signs with these keys, whichever they are then. */
    Signer signer() {
        return Signer.ofKeys(() -> keys);
    }

    private synchronized void again() {
        if (!closed) {
            cancel = scheduler.schedule(LOOK, this::look);
        }
    }

    private void look() {
        try {
            keys = read(file);
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(
                    Level.WARNING,
                    "The signing keys {0} can''t be read: {1}. Those read before stay in use.",
                    new Object[] {file, e.getMessage()});
        }
        again();
    }

    @Override
    public synchronized void close() {
        closed = true;
        cancel.run();
    }
}
