package io.jenkins.plugins.dedalus.router;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dedalus.router.admin.AdminClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says that the API key belongs to the account of the ledger's machines. */
@Command(
        name = "trust-key",
        description =
                "Says that the API key in use belongs to the account of the previews' machines, though none of them is"
                        + " found with it: from then on a machine that isn't found counts as deleted.",
        mixinStandardHelpOptions = true)
final class TrustKeyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StateOptions state;

    @Override
    public Integer call() {
        JsonNode result = state.client().stream(
                AdminClient.path("trust-key"), new ObjectMapper().createObjectNode(), event -> {});
        spec.commandLine().getOut().println(result.path("note").asText());
        spec.commandLine().getOut().flush();
        return ExitCodes.OK;
    }
}
