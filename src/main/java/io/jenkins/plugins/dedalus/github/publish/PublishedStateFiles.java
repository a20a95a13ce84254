package io.jenkins.plugins.dedalus.github.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.util.AtomicFileWriter;
import io.jenkins.plugins.dedalus.github.api.Digests;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** What stands on GitHub, a small file for each change request. Replaced as a whole, never half-written. */
final class PublishedStateFiles {
    private static final Logger LOGGER = Logger.getLogger(PublishedStateFiles.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUFFIX = ".json";

    private final Path directory;

    PublishedStateFiles(Path directory) {
        this.directory = directory;
    }

    /** Empty if nothing was published, or what was noted of it can't be understood: then it is found again. */
    Optional<PublishedState> load(ChangeRef change) {
        return read(file(change)).filter(shown -> change.equals(shown.change()));
    }

    void keep(PublishedState shown) {
        Path file = file(shown.change());
        try {
            Files.createDirectories(directory);
            try (AtomicFileWriter out = new AtomicFileWriter(file, StandardCharsets.UTF_8)) {
                out.write(JSON.writeValueAsString(shown));
                out.commit();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The file " + file + " can't be written; Jenkins needs space and permission there.", e);
        }
    }

    void forget(ChangeRef change) {
        try {
            Files.deleteIfExists(file(change));
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "The file " + file(change) + " can't be deleted.");
        }
    }

    /** Every change request that something was published of. */
    List<ChangeRef> all() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<ChangeRef> changes = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .forEach(file -> read(file).map(PublishedState::change).ifPresent(changes::add));
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "The directory " + directory + " can't be read.");
        }
        return changes;
    }

    private static Optional<PublishedState> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readString(file), PublishedState.class));
        } catch (JsonProcessingException e) {
            LOGGER.log(
                    Level.WARNING,
                    e,
                    () -> "The file " + file + " can't be understood; what it says is looked for again.");
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + file + " can't be read; Jenkins needs to read it.", e);
        }
    }

    private Path file(ChangeRef change) {
        return directory.resolve(Digests.of(change.repository() + "\n" + change.changeId()) + SUFFIX);
    }
}
