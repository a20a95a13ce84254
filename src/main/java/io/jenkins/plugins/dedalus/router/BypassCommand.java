package io.jenkins.plugins.dedalus.router;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dedalus.router.admin.AdminClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the token with which end-to-end tests pass a protected preview. */
@Command(
        name = "bypass",
        description = "Prints a preview's bypass token; tests send it in the header X-Dedalus-Bypass.",
        mixinStandardHelpOptions = true)
final class BypassCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StateOptions state;

    @Parameters(paramLabel = "PREVIEW", description = "As for wake.")
    private String preview;

    @Option(
            names = "--port",
            paramLabel = "NAME",
            description = "The exposed port whose host it opens (default: the main one).")
    private String port;

    @Override
    public Integer call() {
        JsonNode answer = state.client()
                .post(
                        AdminClient.path("previews", preview, "bypass"),
                        new ObjectMapper().createObjectNode().put("port", port));
        spec.commandLine().getOut().println(answer.path("token").asText());
        spec.commandLine().getOut().flush();
        return ExitCodes.OK;
    }
}
