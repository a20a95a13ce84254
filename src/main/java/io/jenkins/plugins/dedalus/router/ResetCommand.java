package io.jenkins.plugins.dedalus.router;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Gives a preview's services empty data. */
@Command(
        name = "reset",
        description =
                "Deletes the data of a preview's services (its databases), starts them anew and deploys again what was deployed"
                        + " last, at the same address.",
        mixinStandardHelpOptions = true)
final class ResetCommand implements Callable<Integer> {
    @Mixin
    private OperationOptions options;

    @Override
    public Integer call() {
        return options.run(
                "reset",
                Map.of(),
                preview -> preview.path("id").asText() + " has new data: "
                        + preview.path("url").asText());
    }
}
