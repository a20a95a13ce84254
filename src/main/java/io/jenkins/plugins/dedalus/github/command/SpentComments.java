package io.jenkins.plugins.dedalus.github.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.util.AtomicFileWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Comments whose command was followed: each is followed once, also over restarts. Kept as long as they are fresh, for older
 * ones are no commands. Thread-safe.
 */
final class SpentComments {
    private static final Logger LOGGER = Logger.getLogger(SpentComments.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String FILE = "github-commands.json";

    private final Path directory;
    private final Path file;
    /** Project and comment, and when it was written; null before the file was read. */
    private Map<String, String> spent;

    /** @param directory where it is kept; made if it isn't there */
    SpentComments(Path directory) {
        this.directory = directory;
        this.file = directory.resolve(FILE);
    }

    /** Whether a comment was followed already. */
    synchronized boolean isSpent(String project, long comment) {
        return spent().containsKey(key(project, comment));
    }

    /**
     * Takes a comment for followed; on the disk when this returns.
     *
     * @param written when it was written, by GitHub's clock
     * @param now what time it is, by GitHub's clock
     * @return false if it was followed already
     * @throws UncheckedIOException with a sentence if that can't be written down: then it must not be followed
     */
    synchronized boolean spend(String project, long comment, Instant written, Instant now) {
        Map<String, String> next = new LinkedHashMap<>(spent());
        if (next.putIfAbsent(key(project, comment), written.toString()) != null) {
            return false;
        }
        Instant oldest = now.minus(EventVerifier.FRESH.multipliedBy(2));
        next.values().removeIf(at -> Instant.parse(at).isBefore(oldest));
        write(next);
        spent = next;
        return true;
    }

    private static String key(String project, long comment) {
        return comment + " " + project;
    }

    private Map<String, String> spent() {
        if (spent == null) {
            spent = read();
        }
        return spent;
    }

    private Map<String, String> read() {
        if (!Files.isRegularFile(file)) {
            return new LinkedHashMap<>();
        }
        try {
            Map<String, String> read = JSON.readValue(Files.readString(file), new TypeReference<>() {});
            read.values().forEach(Instant::parse);
            return read;
        } catch (JsonProcessingException | java.time.DateTimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "The file " + file + " can't be understood; it is begun anew.");
            return new LinkedHashMap<>();
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + file + " can't be read; Jenkins needs to read it.", e);
        }
    }

    private void write(Map<String, String> next) {
        try {
            Files.createDirectories(directory);
            try (AtomicFileWriter out = new AtomicFileWriter(file, StandardCharsets.UTF_8)) {
                out.write(JSON.writeValueAsString(next));
                out.commit();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The file " + file + " can't be written; Jenkins needs space and permission there.", e);
        }
    }
}
