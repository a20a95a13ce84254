package io.jenkins.plugins.dedalus.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Everything the demo needs: an emulator, a git repository with two pull requests and a router, all below one temporary
 * directory. Closing it leaves nothing behind, at whatever point it is closed, and neither does killing the demo.
 */
final class Stage implements AutoCloseable {
    private static final Duration AUTOSLEEP = Duration.ofSeconds(15);

    private final Path root;
    private final Path packages;
    private final PrintWriter out;
    private final List<PullRequest> pullRequests = new ArrayList<>();
    private final Children children = new Children();
    private Path directory;
    private Sentinel sentinel;
    private Path spec;
    private int port;
    private EmulatorProcess emulator;
    private RouterProcess router;
    private GuestbookRepository repository;
    private volatile boolean closing;
    private boolean provisioned;

    /** {@code packages}: where PostgreSQL is, for the machines to install; null: the previews do without. */
    Stage(Path root, Path packages, PrintWriter out) {
        this.root = root;
        this.packages = packages;
        this.out = out;
    }

    /** Starts all of it, with the router on one of the given ports: the first that nobody else has by then. */
    void open(List<Integer> ports) throws IOException {
        directory = Files.createTempDirectory("dedalus-demo-").toRealPath();
        sentinel = Sentinel.start(directory);
        // The database's server is another user, and its data is in there.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Path example = root.resolve("examples/guestbook");
        spec = packages == null ? withoutServices(example) : example.resolve("preview.yaml");
        repository = GuestbookRepository.make(example, directory.resolve("guestbook"));
        openPullRequest(1, "warm-colours", "Warmer colours", example);
        openPullRequest(2, "moods", "A mood for every entry", example);
        emulator =
                EmulatorProcess.start(children, root, Files.createDirectories(directory.resolve("emulator")), packages);
        for (int each : ports) {
            port = each;
            Optional<RouterProcess> serving = RouterProcess.start(
                    children,
                    root.resolve("router/target/dedalus-preview-router.jar"),
                    directory.resolve("router-" + each),
                    emulator,
                    AUTOSLEEP,
                    each);
            if (serving.isPresent()) {
                router = serving.get();
                return;
            }
        }
        throw new Deviation("Port " + port + " is taken: choose another with --port.");
    }

    /** The preview's file, less what it can't have here. */
    private Path withoutServices(Path example) throws IOException {
        YAMLMapper yaml = new YAMLMapper();
        ObjectNode preview =
                (ObjectNode) yaml.readTree(example.resolve("preview.yaml").toFile());
        preview.remove(List.of("packages", "services"));
        return Files.writeString(directory.resolve("preview.yaml"), yaml.writeValueAsString(preview));
    }

    private void openPullRequest(int number, String branch, String title, Path example) throws IOException {
        Path patch = example.resolve("pull-requests/pr-" + number + ".patch");
        String commit = repository.openPullRequest(number, branch, patch, title);
        pullRequests.add(new PullRequest(number, branch, title, commit));
    }

    /** Provisions all pull requests at the same time; returns how long each took. */
    List<Duration> up() {
        provisioned = true;
        return atOnce(pull -> router.up(pull, spec, repository.url(), out));
    }

    /** Puts a pull request's machine to sleep, and lets its next wake lose something. */
    void sleepAndLose(PullRequest pull, String fault) throws IOException {
        emulator.arm(fault);
        router.sleep(pull);
    }

    /** Whether the previews have PostgreSQL. */
    boolean hasPostgres() {
        return packages != null;
    }

    /** Closes all pull requests at the same time. */
    void down() {
        provisioned = false;
        atOnce(pull -> {
            router.down(pull, out);
            return Duration.ZERO;
        });
    }

    List<String> ledger() throws IOException {
        return router.ledger();
    }

    /** Ends router and emulator; returns a sentence for each that had to be killed. */
    List<String> stop() {
        List<String> killed = children.stop();
        if (emulator != null) {
            emulator.close();
        }
        return killed;
    }

    List<String> leftovers() throws IOException {
        return new Leftovers(directory).processes();
    }

    List<PullRequest> pullRequests() {
        return List.copyOf(pullRequests);
    }

    EmulatorProcess emulator() {
        return emulator;
    }

    int port() {
        return port;
    }

    Duration autosleep() {
        return AUTOSLEEP;
    }

    boolean isClosing() {
        return closing;
    }

    /** The ends of the logs, for a run that went wrong. */
    List<String> lastWords() {
        return children.lastWords();
    }

    /** Takes down what is still there; safe to call twice and from the shutdown hook. */
    @Override
    public synchronized void close() {
        if (directory == null) {
            return;
        }
        closing = true;
        boolean interrupted = provisioned;
        try {
            if (provisioned && router != null && router.isServing()) {
                out.println();
                down();
                say(ledger().isEmpty() ? "The ledger is empty." : "Still in the ledger: " + ledger());
            }
        } catch (Deviation | IOException e) {
            say("Taking the previews down failed: " + e.getMessage());
        }
        stop().forEach(this::say);
        try {
            List<String> left = leftovers();
            if (!left.isEmpty()) {
                say("These processes are still there: " + left);
            } else if (interrupted) {
                say("No process is left.");
            }
            delete(directory);
            directory = null;
            sentinel.close();
        } catch (IOException | UncheckedIOException e) {
            say("The temporary directory " + directory + " could not be deleted: " + e.getMessage());
        }
    }

    private List<Duration> atOnce(Function<PullRequest, Duration> work) {
        List<CompletableFuture<Duration>> all = pullRequests.stream()
                .map(pull -> CompletableFuture.supplyAsync(() -> work.apply(pull)))
                .toList();
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Deviation deviation ? deviation : e;
        }
        return all.stream().map(CompletableFuture::join).toList();
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
