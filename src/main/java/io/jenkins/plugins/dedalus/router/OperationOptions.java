package io.jenkins.plugins.dedalus.router;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dedalus.router.admin.AdminClient;
import java.io.PrintWriter;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the commands on one preview have in common. */
final class OperationOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Mixin
    private StateOptions state;

    @Parameters(
            index = "0",
            paramLabel = "PREVIEW",
            description = "Id, host, or change number where one repository is served; or repository#number.")
    private String preview;

    @Option(names = "--json", description = "Print the preview as JSON; progress goes to standard error.")
    private boolean json;

    /** Runs an operation, shows its progress and prints the outcome. */
    int run(String operation, Map<String, String> body, Function<JsonNode, String> sentence) {
        PrintWriter out = spec.commandLine().getOut();
        AdminClient client = state.client();
        JsonNode result;
        try (ProgressPrinter progress =
                ProgressPrinter.create(json ? spec.commandLine().getErr() : out)) {
            result = client.stream(
                    AdminClient.path("previews", preview, operation),
                    new ObjectMapper().valueToTree(body),
                    progress::event);
        }
        out.println(json ? result.toString() : sentence.apply(result));
        out.flush();
        return ExitCodes.OK;
    }
}
