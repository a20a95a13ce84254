package io.jenkins.plugins.dedalus.architecture;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the project from wherever its tests are started. */
final class ProjectFiles {
    private ProjectFiles() {}

    /** The directory that holds src/ and router/, whether the tests run from there or from router/. */
    static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("router")) ? here : here.getParent();
    }
}
