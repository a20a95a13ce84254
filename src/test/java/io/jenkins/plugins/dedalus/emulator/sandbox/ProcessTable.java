package io.jenkins.plugins.dedalus.emulator.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The host's processes at one moment, from /proc or, where there is none, from ps. */
final class ProcessTable {
    /**
     * A process.
     *
     * @param start a number that differs when the pid is used again
     * @param state R, S, T, Z and so on
     */
    record Entry(long pid, long parent, long session, long start, char state) {
        boolean alive() {
            return state != 'Z' && state != 'X';
        }
    }

    static final boolean PROC = Files.isRegularFile(Path.of("/proc/self/stat"));
    private static final int PARENT = 1;
    private static final int SESSION = 3;
    private static final int START = 19;

    private final Map<Long, Entry> entries;

    private ProcessTable(Map<Long, Entry> entries) {
        this.entries = entries;
    }

    static ProcessTable read() {
        return new ProcessTable(PROC ? fromProc() : fromPs());
    }

    /** One process; empty where it is gone. */
    static Optional<Entry> one(long pid) {
        return PROC ? stat(Path.of("/proc", Long.toString(pid))) : Optional.ofNullable(fromPs().get(pid));
    }

    Collection<Entry> all() {
        return entries.values();
    }

    private static Map<Long, Entry> fromProc() {
        Map<Long, Entry> found = new HashMap<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path directory : directories) {
                stat(directory).ifPresent(entry -> found.put(entry.pid(), entry));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read /proc", e);
        }
        return found;
    }

    private static Optional<Entry> stat(Path directory) {
        String line = text(directory.resolve("stat"));
        int name = line.lastIndexOf(')');
        if (name < 0) {
            return Optional.empty();
        }
        String[] fields = line.substring(name + 2).split(" ");
        return Optional.of(new Entry(
                Long.parseLong(directory.getFileName().toString()),
                Long.parseLong(fields[PARENT]),
                Long.parseLong(fields[SESSION]),
                Long.parseLong(fields[START]),
                fields[0].charAt(0)));
    }

    /** A file of /proc; empty where the process is gone or not ours. */
    static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static Map<Long, Entry> fromPs() {
        Map<Long, Entry> found = new HashMap<>();
        for (String line :
                Commands.output("ps", "-axo", "pid=,ppid=,pgid=,state=,lstart=").split("\n")) {
            String[] fields = line.trim().split("\\s+", 5);
            if (fields.length == 5) {
                long pid = Long.parseLong(fields[0]);
                found.put(
                        pid,
                        new Entry(
                                pid,
                                Long.parseLong(fields[1]),
                                Long.parseLong(fields[2]),
                                fields[4].hashCode(),
                                fields[3].charAt(0)));
            }
        }
        return found;
    }
}
