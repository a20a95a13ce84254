package io.jenkins.plugins.dedalus.router;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Moves the end of a preview that nobody looks at. */
@Command(
        name = "extend",
        description =
                "Moves the end of a preview that nobody looks at; also of one that was closed for that, while its data are kept.",
        mixinStandardHelpOptions = true)
final class ExtendCommand implements Callable<Integer> {
    @Mixin
    private OperationOptions options;

    @Parameters(index = "1", paramLabel = "DURATION", description = "How much later, e.g. 7d.")
    private String by;

    @Override
    public Integer call() {
        return options.run("extend", Map.of("by", by), LifetimeText::sentence);
    }
}
