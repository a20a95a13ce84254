package io.jenkins.plugins.dedalus.router;

import io.jenkins.plugins.dedalus.router.admin.AdminClient;
import io.jenkins.plugins.dedalus.router.config.RouterConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How a command finds the serving process: by its configuration file or by its state directory. */
final class StateOptions {
    static final Path LOCAL = Path.of("router.yaml");
    static final Path SYSTEM = Path.of("/etc/dedalus-preview-router/router.yaml");

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The router's configuration. Default: router.yaml here, else "
                    + "/etc/dedalus-preview-router/router.yaml.")
    private Path config;

    @Option(names = "--state", paramLabel = "DIR", description = "The router's state directory, instead of --config.")
    private Path state;

    AdminClient client() {
        return AdminClient.of(
                state != null
                        ? state
                        : RouterConfigReader.read(config(config), System.getenv())
                                .state());
    }

    /** The given file, or the first default that exists. */
    static Path config(Path given) {
        if (given != null) {
            return given;
        }
        return Files.exists(LOCAL) || !Files.exists(SYSTEM) ? LOCAL : SYSTEM;
    }
}
