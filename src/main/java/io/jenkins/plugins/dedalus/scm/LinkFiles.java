package io.jenkins.plugins.dedalus.scm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.util.AtomicFileWriter;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * {@code $JENKINS_HOME/dedalus/jobs/}: which preview belongs to which job, a small file each. A file is replaced as a whole,
 * never half-written, and on the disk when a method returns.
 */
final class LinkFiles {
    private static final Logger LOGGER = Logger.getLogger(LinkFiles.class.getName());
    private static final String SUFFIX = ".json";
    private static final int HASH_BYTES = 6;
    private static final ObjectMapper JSON =
            new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    private final Path directory;
    /** Where earlier versions kept all of them. */
    private final Path together;

    /** @param root {@code $JENKINS_HOME/dedalus} */
    LinkFiles(Path root) {
        directory = root.resolve("jobs");
        together = root.resolve("jobs.json");
    }

    /** All that are there. A file that can't be understood is set aside: the preview's next build writes it anew. */
    Collection<PreviewLink> read() {
        Map<PreviewKey, PreviewLink> links = new LinkedHashMap<>();
        try {
            if (Files.isDirectory(directory)) {
                for (Path file : files()) {
                    for (PreviewLink link : parse(file, false)) {
                        links.put(link.key(), link);
                    }
                }
            }
            if (Files.isRegularFile(together)) {
                divide(links);
            }
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
        return links.values();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    /** What an attempt before this one divided has been changed since, perhaps. */
    private void divide(Map<PreviewKey, PreviewLink> links) throws IOException {
        for (PreviewLink link : parse(together, true)) {
            if (links.putIfAbsent(link.key(), link) == null) {
                write(link);
            }
        }
        Files.deleteIfExists(together);
    }

    private static List<PreviewLink> parse(Path file, boolean many) {
        try {
            String text = Files.readString(file);
            List<PreviewLink> links = many
                    ? Arrays.asList(JSON.readValue(text, PreviewLink[].class))
                    : Collections.singletonList(JSON.readValue(text, PreviewLink.class));
            if (links.stream().anyMatch(link -> link == null || link.key() == null || link.job() == null)) {
                throw new IllegalArgumentException("It lacks a preview or a job.");
            }
            return links;
        } catch (JsonProcessingException | IllegalArgumentException e) {
            setAside(file, e);
            return List.of();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static UncheckedIOException unreadable(Path what, IOException e) {
        return new UncheckedIOException(what + " can't be read; Jenkins needs to read and write it.", e);
    }

    private static void setAside(Path file, Exception why) {
        Path aside = file.resolveSibling(file.getFileName() + ".unreadable-" + System.currentTimeMillis());
        LOGGER.log(
                Level.WARNING,
                why,
                () -> "The file " + file + " can't be understood; it is kept as " + aside
                        + ". What it tells of finds its job again with the next build.");
        try {
            Files.move(file, aside);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "The file " + file + " can't be renamed; it will be replaced.");
        }
    }

    /** Writes one. */
    void write(PreviewLink link) {
        Path file = file(link.key());
        try {
            Files.createDirectories(directory);
            try (AtomicFileWriter out = new AtomicFileWriter(file, StandardCharsets.UTF_8)) {
                out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(link));
                out.commit();
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** Deletes one; one that isn't there is deleted already. */
    void delete(PreviewKey key) {
        Path file = file(key);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static UncheckedIOException unwritable(Path file, IOException e) {
        return new UncheckedIOException(
                "The file " + file + " can't be written; Jenkins needs space and permission there.", e);
    }

    /** Two keys may have one id, so that alone names no file. */
    private Path file(PreviewKey key) {
        String whole = key.repository() + "\n" + key.changeId() + "\n" + key.name();
        String hash = HexFormat.of().formatHex(Sha256.of(whole), 0, HASH_BYTES);
        return directory.resolve(key.id() + "-" + hash + SUFFIX);
    }
}
