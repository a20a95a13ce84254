package io.jenkins.plugins.dedalus.router;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Wakes a preview's machine and waits until its app answers. */
@Command(name = "wake", description = "Wakes a preview and waits until it answers.", mixinStandardHelpOptions = true)
final class WakeCommand implements Callable<Integer> {
    @Mixin
    private OperationOptions options;

    @Override
    public Integer call() {
        return options.run("wake", Map.of(), WakeCommand::say);
    }

    private static String say(JsonNode preview) {
        return preview.path("id").asText() + " is awake: " + preview.path("url").asText();
    }
}
