package io.jenkins.plugins.dedalus.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the processes that belong to one run of the demo, whoever their parent is by now: those whose command line,
 * environment or working directory names the run's own temporary directory.
 */
final class Leftovers {
    private final String mark;

    Leftovers(Path directory) {
        this.mark = directory.toString();
    }

    /** What a process gets into its environment, and hands on to its children, so that it can be found. */
    static Map<String, String> mark(Path directory) {
        return Map.of("DEDALUS_DEMO_DIRECTORY", directory.toString());
    }

    /** One line per process, without the demo itself. */
    List<String> processes() throws IOException {
        long self = ProcessHandle.current().pid();
        boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
        return (linux ? linuxPids() : psPids())
                .filter(pid -> pid != self)
                .map(ProcessHandle::of)
                .flatMap(Optional::stream)
                .map(process -> process.pid() + " " + process.info().command().orElse("(ended just now)"))
                .toList();
    }

    private Stream<Long> linuxPids() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all
                    .filter(path -> path.getFileName().toString().matches("\\d+"))
                    .filter(this::isMarked)
                    .toList()
                    .stream()
                    .map(path -> Long.parseLong(path.getFileName().toString()));
        }
    }

    private boolean isMarked(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).toString().startsWith(mark)
                    || text(process.resolve("cmdline")).contains(mark)
                    || text(process.resolve("environ")).contains(mark);
        } catch (IOException endedOrForeign) {
            return false;
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** macOS: -E adds the environment to the command. */
    private Stream<Long> psPids() throws IOException {
        Process ps = new ProcessBuilder("ps", "-axww", "-E", "-o", "pid=,command=").start();
        try (Stream<String> lines = ps.inputReader().lines()) {
            return lines
                    .filter(line -> line.contains(mark))
                    .map(line -> Long.parseLong(line.strip().split("\\s+")[0]))
                    .toList()
                    .stream();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
