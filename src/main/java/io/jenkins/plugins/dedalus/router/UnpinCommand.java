package io.jenkins.plugins.dedalus.router;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Takes a pin back. */
@Command(
        name = "unpin",
        description = "Takes a pin back; the time after which nobody has looked at the preview begins anew.",
        mixinStandardHelpOptions = true)
final class UnpinCommand implements Callable<Integer> {
    @Mixin
    private OperationOptions options;

    @Override
    public Integer call() {
        return options.run("unpin", Map.of(), LifetimeText::sentence);
    }
}
