package io.jenkins.plugins.dedalus.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A real git repository of the guestbook, with one branch and one {@code refs/pull/N/head} per pull request. */
final class GuestbookRepository {
    private static final Map<String, String> REPRODUCIBLE = Map.of(
            "GIT_CONFIG_GLOBAL", "/dev/null",
            "GIT_CONFIG_NOSYSTEM", "1",
            "GIT_AUTHOR_NAME", "Ada",
            "GIT_AUTHOR_EMAIL", "ada@example.net",
            "GIT_COMMITTER_NAME", "Ada",
            "GIT_COMMITTER_EMAIL", "ada@example.net");

    private final Path directory;

    private GuestbookRepository(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes the repository.
     *
     * @param example the guestbook's directory, its database driver fetched
     * @param directory where to make it; must not exist
     */
    static GuestbookRepository make(Path example, Path directory) throws IOException {
        copy(example, directory);
        GuestbookRepository repository = new GuestbookRepository(directory);
        repository.git("init", "--quiet");
        repository.git("symbolic-ref", "HEAD", "refs/heads/main");
        repository.git("add", "--force", ".");
        repository.git("commit", "--quiet", "--message", "A guestbook");
        return repository;
    }

    /** Opens a pull request: a branch of main with one patch. Returns its commit. */
    String openPullRequest(int number, String branch, Path patch, String title) throws IOException {
        git("checkout", "--quiet", "-b", branch, "main");
        git("apply", "--index", patch.toString());
        git("commit", "--quiet", "--message", title);
        git("update-ref", "refs/pull/" + number + "/head", "HEAD");
        return git("rev-parse", "HEAD");
    }

    String url() {
        return "file://" + directory;
    }

    private String git(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(REPRODUCIBLE);
        Process git = builder.start();
        String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (git.waitFor() != 0) {
                throw new Deviation("git " + arguments[0] + " failed in " + directory + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Deviation("Interrupted while git " + arguments[0] + " ran.");
        }
        return output;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.filter(file ->
                            !file.startsWith(from.resolve("pull-requests")) && !file.startsWith(from.resolve("build")))
                    .forEach(file -> {
                        try {
                            Files.copy(file, to.resolve(from.relativize(file).toString()));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
