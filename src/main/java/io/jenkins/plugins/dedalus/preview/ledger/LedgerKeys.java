package io.jenkins.plugins.dedalus.preview.ledger;

import io.jenkins.plugins.dedalus.client.call.Caller;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Which API keys, each with its organisation, are known to see the machines of a ledger: salted fingerprints in a file beside
 * its records, a salt in its first line. Thread-safe.
 */
public final class LedgerKeys {
    public static final String FILE = "keys.txt";

    /** Stands for the next key that is seen, whichever it is. */
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final String NEXT = "next";

    private static final int SALT_BYTES = 16;
    private static final int MOST = 20;

    private final Path directory;
    private final LedgerStorage storage;
    /** Null before the file was looked at; the salt first. */
    private List<String> lines;

    private Caller last;

    LedgerKeys(Path directory, LedgerStorage storage) {
        this.directory = directory;
        this.storage = storage;
    }

    /** Whether any key is known. */
    public synchronized boolean none() {
        return lines().size() < 2;
    }

    public synchronized boolean knows(Caller caller) {
        if (caller == last) {
            return true;
        }
        List<String> known = lines();
        if (known.contains(NEXT)) {
            only(caller);
        } else if (known.indexOf(caller.fingerprint(known.get(0))) < 1) {
            return false;
        }
        last = caller;
        return true;
    }

    /** This key sees them too. */
    public synchronized void add(Caller caller) {
        if (!knows(caller)) {
            List<String> next = new ArrayList<>(lines());
            next.add(caller.fingerprint(next.get(0)));
            while (next.size() > MOST + 1) {
                next.remove(1);
            }
            write(next);
            last = caller;
        }
    }

    /** This key sees them, and what other keys saw doesn't count any more. */
    public synchronized void only(Caller caller) {
        String salt = lines().get(0);
        write(List.of(salt, caller.fingerprint(salt)));
        last = caller;
    }

    /** A person says that the key that is used next sees them. */
    synchronized void trustNext() {
        write(List.of(lines().get(0), NEXT));
        last = null;
    }

    private List<String> lines() {
        if (lines == null) {
            lines = read();
        }
        return lines;
    }

    private List<String> read() {
        Path file = directory.resolve(FILE);
        try {
            if (Files.exists(file)) {
                List<String> read = new String(storage.read(file), StandardCharsets.UTF_8)
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList();
                if (!read.isEmpty()) {
                    return read;
                }
            }
            byte[] salt = new byte[SALT_BYTES];
            RANDOM.nextBytes(salt);
            return List.of(HexFormat.of().formatHex(salt));
        } catch (IOException e) {
            throw new LedgerException("The file " + file + " can't be read: " + e.getMessage() + ".", e);
        }
    }

    private void write(List<String> next) {
        Path unfinished = directory.resolve(FILE + ".tmp");
        Path file = directory.resolve(FILE);
        try {
            storage.writeForced(unfinished, (String.join("\n", next) + "\n").getBytes(StandardCharsets.UTF_8));
            storage.moveAtomically(unfinished, file);
            storage.forceDirectory(directory);
            lines = List.copyOf(next);
        } catch (IOException e) {
            throw new LedgerException("The file " + file + " can't be written: " + e.getMessage() + ".", e);
        }
    }
}
