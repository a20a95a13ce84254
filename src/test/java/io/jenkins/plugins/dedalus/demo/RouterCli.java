package io.jenkins.plugins.dedalus.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The router's command line, used as a person would: from its jar, with 128 MB of heap. */
final class RouterCli {
    private final Path jar;
    private final Path config;

    RouterCli(Path jar, Path config) {
        this.jar = jar;
        this.config = config;
    }

    /** The argv of a command. */
    List<String> argv(String command, List<String> arguments) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> all = new ArrayList<>(List.of(
                java.toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-jar",
                jar.toString(),
                command,
                "--config",
                config.toString()));
        all.addAll(arguments);
        return all;
    }

    /**
     * Runs a command to its end and shows every line as it comes.
     *
     * @throws Deviation if it fails
     */
    void show(PrintWriter out, String prefix, String command, List<String> arguments) {
        run(true, command, arguments, line -> {
            out.println(prefix + line);
            out.flush();
        });
    }

    /**
     * Runs a command to its end; returns what it wrote to standard output.
     *
     * @throws Deviation if it fails
     */
    String read(String command, List<String> arguments) {
        StringBuilder text = new StringBuilder();
        run(false, command, arguments, line -> text.append(line).append('\n'));
        return text.toString();
    }

    private void run(boolean withErrors, String command, List<String> arguments, Consumer<String> line) {
        try {
            ProcessBuilder builder = new ProcessBuilder(Child.deaf(argv(command, arguments)))
                    .directory(config.getParent().toFile())
                    .redirectErrorStream(withErrors);
            if (!withErrors) {
                builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            }
            Process process = builder.start();
            process.getOutputStream().close();
            try (Stream<String> lines =
                    process.inputReader(StandardCharsets.UTF_8).lines()) {
                lines.forEach(line);
            }
            if (process.waitFor() != 0) {
                throw new Deviation(
                        "The router's command `" + command + "` failed with exit code " + process.exitValue() + ".");
            }
        } catch (IOException e) {
            throw new Deviation("The router's command `" + command + "` could not be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Deviation("Interrupted while the router's command `" + command + "` ran.");
        }
    }
}
