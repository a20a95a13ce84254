package io.jenkins.plugins.dedalus.router;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.router.admin.AdminClient;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a log of a preview. */
@Command(
        name = "logs",
        description =
                "Prints the app's log, a service's, or what a script's last run printed. A log on the machine wakes it, and"
                        + " following one keeps it awake.",
        mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StateOptions state;

    @Parameters(
            index = "0",
            paramLabel = "PREVIEW",
            description = "Id, host, or change number where one repository is served; or repository#number.")
    private String preview;

    @ArgGroup
    private Which which;

    @Option(names = "--lines", description = "How many of the last lines. Default: 200; of a script's output all.")
    private Integer lines;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what comes, until Ctrl-C, for half an hour at most.")
    private boolean follow;

    /** Of neither: the app's. */
    static final class Which {
        @Option(names = "--service", paramLabel = "NAME", description = "A service's log, e.g. postgres.")
        private String service;

        @Option(
                names = "--script",
                paramLabel = "STEP",
                description = "What the last run of a script printed: packages, fetch, services, setup, deploy, start,"
                        + " repair (after a wake that lost something) or reset.")
        private String script;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ObjectNode body = new ObjectMapper().createObjectNode();
        body.put("service", which == null ? null : which.service)
                .put("script", which == null ? null : which.script)
                .put("lines", lines)
                .put("follow", follow);
        JsonNode ended = state.client().stream(AdminClient.path("previews", preview, "logs"), body, event -> {
            // Pieces as they come, not lines.
            out.print(event.path("line").asText(""));
            out.flush();
        });
        return ended.path("found").asBoolean(true) ? ExitCodes.OK : ExitCodes.FAILED;
    }
}
