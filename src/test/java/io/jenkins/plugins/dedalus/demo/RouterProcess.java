package io.jenkins.plugins.dedalus.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The real router: its jar with 128 MB of heap, and its command line as a person would use it. */
final class RouterProcess {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);

    private final Path jar;
    private final Path directory;
    private final Path config;
    private final int port;
    private Child server;

    private RouterProcess(Path jar, Path directory, int port) {
        this.jar = jar;
        this.directory = directory;
        this.config = directory.resolve("router.yaml");
        this.port = port;
    }

    /** Writes the configuration, starts {@code serve} and waits until it listens. */
    static RouterProcess start(Path jar, Path directory, EmulatorProcess emulator, Duration autosleep, int port)
            throws IOException {
        RouterProcess router = new RouterProcess(jar, Files.createDirectories(directory), port);
        Path key = directory.resolve("api-key");
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, emulator.apiKey() + "\n");
        Files.writeString(router.config, """
                api:
                  baseUrl: %s
                  apiKeyFile: api-key
                  upstreamHosts: [127.0.0.1, localhost]
                state: state
                listen:
                  bind: 127.0.0.1
                  port: %d
                previewUrl: http://pr-{number}.localhost:%d
                admin:
                  port: 0
                defaults:
                  autosleep: %ds
                grace:
                  closed: 0s
                """.formatted(emulator.baseUrl(), port, port, autosleep.toSeconds()));
        router.server = Child.start("router", directory, directory.resolve("router.log"), Leftovers.mark(directory), router.command("serve"));
        router.awaitListening();
        return router;
    }

    /**
     * Runs {@code up} for a pull request and shows its progress as it comes.
     *
     * @return how long it took
     */
    Duration up(PullRequest pull, Path spec, String gitUrl, PrintWriter out) {
        long started = System.nanoTime();
        run(pull.name() + "  ", out, command(
                "up",
                "--spec", spec.toString(),
                "--repository", "git.example.net/ada/guestbook",
                "--change", Integer.toString(pull.number()),
                "--branch", pull.branch(),
                "--target", "main",
                "--commit", pull.commit(),
                "--source", "git",
                "--git-url", gitUrl,
                "--git-ref", "refs/pull/" + pull.number() + "/head"));
        return Duration.ofNanos(System.nanoTime() - started);
    }

    void down(PullRequest pull, PrintWriter out) {
        run(pull.name() + "  ", out, command("down", "--now", "--reason", "pull request closed", Integer.toString(pull.number())));
    }

    /** What the process that owns the ledger lists, and what lies on its disk. */
    List<String> ledger() throws IOException {
        List<String> records = new ArrayList<>();
        JsonNode listed = new ObjectMapper().readTree(run("", null, command("list", "--json")));
        listed.forEach(preview -> records.add(preview.path("id").asText()));
        try (Stream<Path> files = Files.walk(directory.resolve("state/ledger"))) {
            files.filter(file -> file.toString().endsWith(".json"))
                    .forEach(file -> records.add(file.getFileName().toString()));
        }
        return records;
    }

    /** Ends the server as a service manager would; returns whether it went by itself. */
    boolean stop() {
        return server == null || server.stop();
    }

    boolean isServing() {
        return server != null && server.isAlive();
    }

    String lastWords() {
        return server == null ? "" : server.lastWords();
    }

    private List<String> command(String command, String... arguments) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> all = new ArrayList<>(List.of(
                java.toString(), "-Xmx128m", "-XX:+UseSerialGC", "-jar", jar.toString(), command, "--config", config.toString()));
        all.addAll(List.of(arguments));
        return all;
    }

    private void awaitListening() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline && server.isAlive()) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException notYet) {
                Pause.briefly();
            }
        }
        throw new Deviation("The router does not listen on port " + port + "; its log says why.");
    }

    private String run(String prefix, PrintWriter out, List<String> command) {
        StringBuilder text = new StringBuilder();
        try {
            Process process = new ProcessBuilder(Child.deaf(command))
                    .directory(directory.toFile())
                    .redirectErrorStream(out != null)
                    .start();
            process.getOutputStream().close();
            try (Stream<String> lines = process.inputReader(StandardCharsets.UTF_8).lines()) {
                lines.forEach(line -> {
                    text.append(line).append('\n');
                    if (out != null) {
                        out.println(prefix + line);
                        out.flush();
                    }
                });
            }
            if (process.waitFor() != 0) {
                throw new Deviation("The router's command failed: " + command.get(6) + " " + prefix.strip() + ".");
            }
        } catch (IOException e) {
            throw new Deviation("The router's command could not be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Deviation("Interrupted while the router's command ran.");
        }
        return text.toString();
    }
}
