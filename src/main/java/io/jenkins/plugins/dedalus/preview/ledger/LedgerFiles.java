package io.jenkins.plugins.dedalus.preview.ledger;

import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads a ledger's directory; sets aside what is no record, never deletes it, and lets nothing stop the others. What can't be
 * read stays where it is. No new record takes the place of either: a machine may belong to it. A person puts an end to that by
 * mending the file and moving it back, or by deleting it from the folder {@link #SET_ASIDE}.
 */
final class LedgerFiles {
    static final String SUFFIX = ".json";
    static final String UNFINISHED = ".json.tmp";
    static final String SET_ASIDE = "set-aside";

    private static final Pattern ASIDE = Pattern.compile("(.+)\\.json\\.\\d+(-\\d+)?");

    private final Path directory;
    private final LedgerStorage storage;
    private final LedgerFormat format;
    private final Clock clock;

    LedgerFiles(Path directory, LedgerStorage storage, LedgerFormat format, Clock clock) {
        this.directory = directory;
        this.storage = storage;
        this.format = format;
        this.clock = clock;
    }

    /**
     * What a directory holds.
     *
     * @param records by id
     * @param untouchable ids of files that must not be overwritten, and why
     * @param messages sentences
     */
    record Contents(Map<String, LedgerFormat.Stored> records, Map<String, String> untouchable, List<String> messages) {}

    Contents readAll() throws IOException {
        Contents contents = new Contents(new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
        List<Path> before = files(directory.resolve(SET_ASIDE));
        for (Path file : files(directory)) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(SUFFIX)) {
                read(file, name.substring(0, name.length() - SUFFIX.length()), contents);
            } else if (name.endsWith(UNFINISHED)) {
                contents.messages().add(setAside(file, "it is an unfinished write; the record before it counts"));
            }
        }
        before.forEach(file -> undecided(file, contents));
        return contents;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> listing = Files.list(directory)) {
            return listing.filter(Files::isRegularFile).sorted().toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    /** What an earlier start set aside keeps its place until a person has decided. */
    private static void undecided(Path file, Contents contents) {
        Matcher name = ASIDE.matcher(String.valueOf(file.getFileName()));
        if (name.matches() && !contents.records().containsKey(name.group(1))) {
            String why = "A record of preview " + name.group(1) + " was set aside as " + file + decide(name.group(1));
            if (contents.untouchable().put(name.group(1), why) == null) {
                contents.messages().add(why);
            }
        }
    }

    private static String decide(String id) {
        return ". No new preview takes its place, for a machine may belong to it: mend the file and move it back to "
                + id + SUFFIX + ", or delete it if the machine is gone; then start again.";
    }

    private void read(Path file, String id, Contents contents) {
        byte[] content;
        try {
            content = storage.read(file);
        } catch (NoSuchFileException gone) {
            return;
        } catch (IOException e) {
            leave(id, "Ledger file " + file + " can't be read: " + reason(e) + ". It is left alone.", contents);
            return;
        }
        try {
            LedgerFormat.Stored stored = format.read(content);
            String now = stored.record().key().id();
            if (!now.equals(id) && format.writtenId(content).equals(id)) {
                rename(file, id, now, stored, contents);
                return;
            }
            if (!now.equals(id)) {
                throw new LedgerException(
                        "it is the record of " + stored.record().key().id() + " under another name");
            }
            contents.records().put(id, stored);
        } catch (LedgerFormat.NewerFormatException e) {
            String why = "Ledger file " + file + " was written by a newer version: " + e.getMessage()
                    + ". It is left alone; use that version, or move the file away.";
            leave(id, why, contents);
        } catch (IOException | LedgerException e) {
            String what = setAside(file, e.getMessage());
            contents.messages().add(what);
            contents.untouchable().put(id, what);
        }
    }

    /** An older version spelt the key otherwise: the record is the same, its file gets the name of today. */
    private void rename(Path file, String id, String now, LedgerFormat.Stored stored, Contents contents)
            throws IOException {
        Path target = directory.resolve(now + SUFFIX);
        if (Files.exists(target)) {
            leave(
                    id,
                    "Ledger file " + file + " is a second record of preview " + now
                            + ", from a time when its repository was spelt otherwise. It is left alone: delete its machine "
                            + stored.record().machineId() + " at Dedalus if nobody needs it, then the file.",
                    contents);
            return;
        }
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        contents.records().put(now, stored);
    }

    private static void leave(String id, String why, Contents contents) {
        contents.untouchable().put(id, why);
        contents.messages().add(why);
    }

    private static String reason(IOException e) {
        if (e instanceof FileSystemException named && named.getReason() != null) {
            return named.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private String setAside(Path file, String why) {
        try {
            Path folder = Files.createDirectories(directory.resolve(SET_ASIDE));
            Path target = folder.resolve(file.getFileName() + "." + clock.millis());
            for (int i = 1; Files.exists(target); i++) {
                target = folder.resolve(file.getFileName() + "." + clock.millis() + "-" + i);
            }
            Files.move(file, target);
            String name = String.valueOf(file.getFileName());
            return "Ledger file " + file + " was set aside as " + target + ": " + why
                    + (name.endsWith(SUFFIX) ? decide(name.substring(0, name.length() - SUFFIX.length())) : ".");
        } catch (IOException e) {
            return "Ledger file " + file + " is no record (" + why + ") and could not be set aside: " + e.getMessage();
        }
    }
}
