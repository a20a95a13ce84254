package io.jenkins.plugins.dedalus.scm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.util.AtomicFileWriter;
import io.jenkins.plugins.dedalus.preview.PreviewKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/** {@code $JENKINS_HOME/dedalus/jobs.json}: which preview belongs to which job. Replaced as a whole, never half-written. */
final class LinkFile {
    private static final Logger LOGGER = Logger.getLogger(LinkFile.class.getName());
    private static final ObjectMapper JSON =
            new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    private LinkFile() {}

    private static Path directory() {
        return Jenkins.get().getRootDir().toPath().resolve("dedalus");
    }

    private static Path file() {
        return directory().resolve("jobs.json");
    }

    /** A file that can't be understood is set aside: builds write the links anew. */
    static Map<PreviewKey, PreviewLink> read() {
        Map<PreviewKey, PreviewLink> links = new LinkedHashMap<>();
        Path file = file();
        if (!Files.isRegularFile(file)) {
            return links;
        }
        try {
            for (PreviewLink link : JSON.readValue(Files.readString(file), PreviewLink[].class)) {
                links.put(link.key(), link);
            }
        } catch (JsonProcessingException | IllegalArgumentException e) {
            setAside(file, e);
            links.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The file " + file + " can't be read; Jenkins needs to read and write it.", e);
        }
        return links;
    }

    private static void setAside(Path file, Exception why) {
        Path aside = file.resolveSibling("jobs.json.unreadable-" + System.currentTimeMillis());
        LOGGER.log(
                Level.WARNING,
                why,
                () -> "The file " + file + " can't be understood; it is kept as " + aside
                        + ". Each preview finds its job again with the next build.");
        try {
            Files.move(file, aside);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "The file " + file + " can't be renamed; it will be replaced.");
        }
    }

    static void write(Collection<PreviewLink> links) {
        Path file = file();
        try {
            Files.createDirectories(directory());
            try (AtomicFileWriter out = new AtomicFileWriter(file, StandardCharsets.UTF_8)) {
                out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(links));
                out.commit();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The file " + file + " can't be written; Jenkins needs space and permission there.", e);
        }
    }
}
