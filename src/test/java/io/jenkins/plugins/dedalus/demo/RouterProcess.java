package io.jenkins.plugins.dedalus.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The real router, serving, and what the demo asks it through its command line. */
final class RouterProcess {
    private static final Duration START_LIMIT = Duration.ofMinutes(1);

    private final Path directory;
    private final RouterCli cli;
    private final Child server;

    private RouterProcess(Path directory, RouterCli cli, Child server) {
        this.directory = directory;
        this.cli = cli;
        this.server = server;
    }

    /** Writes the configuration, starts {@code serve} and waits until it listens; empty if somebody else has the port. */
    static Optional<RouterProcess> start(
            Children children, Path jar, Path directory, EmulatorProcess emulator, Duration autosleep, int port)
            throws IOException {
        Files.createDirectories(directory);
        Path key = directory.resolve("api-key");
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, emulator.apiKey() + "\n");
        Path config = directory.resolve("router.yaml");
        Files.writeString(config, """
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
        RouterCli cli = new RouterCli(jar, config);
        Child server =
                children.start("router", directory, directory.resolve("router.log"), cli.argv("serve", List.of()));
        return listens(server, port) ? Optional.of(new RouterProcess(directory, cli, server)) : Optional.empty();
    }

    /** By what it says itself: on the port there may be somebody else. */
    private static boolean listens(Child server, int port) {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline && server.isAlive()) {
            if (server.log().contains("Serving previews at ")) {
                return true;
            }
            Pause.briefly();
        }
        if (!server.isAlive() && server.log().contains("Can't listen on ")) {
            return false;
        }
        throw new Deviation("The router does not listen on port " + port + "; its log says why.");
    }

    /**
     * Runs {@code up} for a pull request and shows its progress as it comes.
     *
     * @return how long it took
     */
    Duration up(PullRequest pull, Path spec, String gitUrl, PrintWriter out) {
        long started = System.nanoTime();
        List<String> arguments = List.of(
                spec.toString(),
                "--repository=git.example.net/ada/guestbook",
                "--change=" + pull.number(),
                "--branch=" + pull.branch(),
                "--target=main",
                "--commit=" + pull.commit(),
                "--source=git",
                "--git-url=" + gitUrl,
                "--git-ref=refs/pull/" + pull.number() + "/head");
        cli.show(out, pull.name() + "  ", "up", arguments);
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /** Runs {@code sleep} for a pull request. */
    void sleep(PullRequest pull) {
        cli.read("sleep", List.of(Integer.toString(pull.number())));
    }

    /** Runs {@code down} for a pull request that is over. */
    void down(PullRequest pull, PrintWriter out) {
        cli.show(
                out,
                pull.name() + "  ",
                "down",
                List.of("--now", "--reason=the pull request was closed", Integer.toString(pull.number())));
    }

    /** What the process that owns the ledger lists, and what lies on its disk; closed previews own nothing any more. */
    List<String> ledger() throws IOException {
        List<String> records = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        JsonNode listed = json.readTree(cli.read("list", List.of("--json")));
        listed.forEach(preview -> records.add(preview.path("id").asText()));
        try (Stream<Path> files = Files.walk(directory.resolve("state/ledger"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".json")).toList()) {
                if (!json.readTree(file.toFile()).path("state").asText().equals("CLOSED")) {
                    records.add(file.getFileName().toString());
                }
            }
        }
        return records;
    }

    boolean isServing() {
        return server.isAlive();
    }
}
