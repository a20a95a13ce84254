package io.jenkins.plugins.dedalus.router;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dedalus.client.model.Durations;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes a preview down. */
@Command(
        name = "down",
        description =
                "Takes a preview down: asleep for the configured grace period (grace.closed), then deleted with its data.",
        mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {
    @Mixin
    private OperationOptions options;

    @ArgGroup
    private When when;

    @Option(
            names = "--reason",
            description = "Kept with the record and shown by list.",
            defaultValue = "taken down by hand")
    private String reason;

    /** When to delete. */
    static final class When {
        @Option(names = "--now", description = "Delete machine and data at once.")
        private boolean now;

        @Option(names = "--grace", paramLabel = "DURATION", description = "Keep it asleep this long, e.g. 24h.")
        private String grace;
    }

    @Override
    public Integer call() {
        Map<String, String> body = new LinkedHashMap<>();
        body.put("reason", reason);
        if (when != null && when.now) {
            body.put("grace", "0");
        } else if (when != null) {
            if (Durations.parse(when.grace).isEmpty()) {
                throw new CliException(
                        ExitCodes.USAGE, "--grace: \"" + when.grace + "\" must be a duration such as 30m, 24h or 7d.");
            }
            body.put("grace", when.grace);
        }
        return options.run("down", body, DownCommand::say);
    }

    private static String say(JsonNode preview) {
        String id = preview.path("id").asText();
        String deleteAt = preview.path("closing").path("deleteAt").asText("");
        return deleteAt.isEmpty() || "CLOSED".equals(preview.path("state").asText())
                ? id + " is gone: machine and data are deleted."
                : id + " is closed and sleeps; machine and data are deleted at " + LifetimeText.minute(deleteAt)
                        + ". `up` brings it back until then, `down --now` deletes at once.";
    }
}
