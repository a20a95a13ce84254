package io.jenkins.plugins.dedalus.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Plays scenarios, each in a directory of its own. */
final class Simulator {
    private static final Path MEMORY = Path.of("/dev/shm");

    private Simulator() {}

    static Outcome play(Scenario scenario) {
        return play(scenario, false);
    }

    static Outcome play(Scenario scenario, boolean traced) {
        try {
            Path directory = Files.isWritable(MEMORY)
                    ? Files.createTempDirectory(MEMORY, "dedalus-simulation-")
                    : Files.createTempDirectory("dedalus-simulation-");
            try {
                Run run = new Run(scenario, directory, traced);
                EngineLog log = new EngineLog(run.invariants().verdict(), run.trace());
                try {
                    return run.play();
                } finally {
                    log.close();
                }
            } finally {
                delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
