package io.jenkins.plugins.dedalus.router;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers the question that a create leaves whose answer was lost and whose key is too old to ask again. */
@Command(
        name = "adopt",
        description = "Says which machine an unanswered create made; without MACHINE it shows which it may be.",
        mixinStandardHelpOptions = true)
final class AdoptCommand implements Callable<Integer> {
    @Mixin
    private OperationOptions options;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "MACHINE",
            description = "The machine that belongs to the preview.")
    private String machine;

    @Option(names = "--none", description = "None does: the next build makes one.")
    private boolean none;

    @Override
    public Integer call() {
        if (none && machine != null) {
            throw new CliException(ExitCodes.USAGE, "Either MACHINE or --none: both can't be true.");
        }
        Map<String, String> answer = machine == null ? Map.of() : Map.of("machine", machine);
        return options.run(
                "adopt",
                none ? Map.of("none", "true") : answer,
                preview -> preview.path("id").asText() + ": "
                        + preview.path("note").asText());
    }
}
