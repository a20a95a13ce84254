package io.jenkins.plugins.dedalus.router;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Puts a preview's machine to sleep. */
@Command(
        name = "sleep",
        description = "Puts a preview to sleep; the next request wakes it.",
        mixinStandardHelpOptions = true)
final class SleepCommand implements Callable<Integer> {
    @Mixin
    private OperationOptions options;

    @Override
    public Integer call() {
        return options.run(
                "sleep",
                Map.of(),
                preview -> preview.path("id").asText() + ": "
                        + preview.path("note").asText());
    }
}
