package io.jenkins.plugins.dedalus.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that the demo started and ends. It does not hear the terminal's Ctrl-C: the router and the emulator have to
 * outlive it by a moment, to take the previews down.
 */
final class Child implements AutoCloseable {
    private static final List<String> DEAF_TO_CTRL_C = List.of("bash", "-c", "trap '' INT HUP; exec \"$@\"", "bash");

    private final String name;
    private final Path log;
    private final Process process;

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /** Starts a process whose output goes to a log file. */
    static Child start(String name, Path directory, Path log, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(deaf(command)).directory(directory.toFile());
        builder.environment().putAll(Leftovers.mark(log.getParent()));
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        Process process = builder.start();
        process.getOutputStream().close();
        return new Child(name, log, process);
    }

    /** The command, run so that it ignores the terminal's interrupt. */
    static List<String> deaf(List<String> command) {
        List<String> all = new ArrayList<>(DEAF_TO_CTRL_C);
        all.addAll(command);
        return all;
    }

    String name() {
        return name;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of the log, for a person who has to find out what went wrong. */
    String lastWords() {
        List<String> lines = log().lines().toList();
        return "--- the end of the " + name + "'s log:\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    /**
     * Asks the process to end and waits.
     *
     * @return whether it ended by itself within twenty seconds; it is gone afterwards in any case
     */
    boolean stop() {
        process.destroy();
        try {
            if (process.waitFor(20, TimeUnit.SECONDS)) {
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        return false;
    }

    @Override
    public void close() {
        stop();
    }
}
