package io.jenkins.plugins.dedalus.preview;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads a ledger's directory; sets aside what is no record, never deletes it, and lets nothing stop the others. */
final class LedgerFiles {
    static final String SUFFIX = ".json";
    static final String UNFINISHED = ".json.tmp";
    static final String SET_ASIDE = "set-aside";

    private final Path directory;
    private final LedgerFormat format;
    private final Clock clock;

    LedgerFiles(Path directory, LedgerFormat format, Clock clock) {
        this.directory = directory;
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

    Contents readAll(boolean setAside) throws IOException {
        Contents contents = new Contents(new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
        List<Path> files;
        try (Stream<Path> listing = Files.list(directory)) {
            files = listing.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(SUFFIX)) {
                read(file, name.substring(0, name.length() - SUFFIX.length()), setAside, contents);
            } else if (setAside && name.endsWith(UNFINISHED)) {
                contents.messages().add(setAside(file, "it is an unfinished write; the record before it counts"));
            }
        }
        return contents;
    }

    private void read(Path file, String id, boolean setAside, Contents contents) {
        try {
            LedgerFormat.Stored stored = format.read(Files.readAllBytes(file));
            if (!stored.record().key().id().equals(id)) {
                throw new LedgerException(
                        "it is the record of " + stored.record().key().id() + " under another name");
            }
            contents.records().put(id, stored);
        } catch (NoSuchFileException gone) {
            contents.records().remove(id);
        } catch (LedgerFormat.NewerFormatException e) {
            String why = "Ledger file " + file + " was written by a newer version: " + e.getMessage()
                    + ". It is left alone; use that version, or move the file away.";
            contents.untouchable().put(id, why);
            contents.messages().add(why);
        } catch (java.nio.file.FileSystemException e) {
            String why = "Ledger file " + file + " can't be read: " + e.getReason() + ". It is left alone.";
            contents.untouchable().put(id, why);
            contents.messages().add(why);
        } catch (IOException | LedgerException e) {
            contents.messages()
                    .add(
                            setAside
                                    ? setAside(file, e.getMessage())
                                    : "Ledger file " + file + " is skipped: " + e.getMessage() + ".");
        }
    }

    private String setAside(Path file, String why) {
        try {
            Path folder = Files.createDirectories(directory.resolve(SET_ASIDE));
            Path target = folder.resolve(file.getFileName() + "." + clock.millis());
            for (int i = 1; Files.exists(target); i++) {
                target = folder.resolve(file.getFileName() + "." + clock.millis() + "-" + i);
            }
            Files.move(file, target);
            return "Ledger file " + file + " was set aside as " + target + ": " + why
                    + ". If a machine belongs to it, the reconciler lists it as unknown.";
        } catch (IOException e) {
            return "Ledger file " + file + " is no record (" + why + ") and could not be set aside: " + e.getMessage();
        }
    }
}
