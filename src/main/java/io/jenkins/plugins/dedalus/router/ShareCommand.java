package io.jenkins.plugins.dedalus.router;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.router.admin.AdminClient;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes or withdraws a share link of a protected preview. */
@Command(
        name = "share",
        description = "Prints a link with which anyone may view a protected preview for a while; or withdraws links.",
        mixinStandardHelpOptions = true)
final class ShareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StateOptions state;

    @Parameters(paramLabel = "PREVIEW", description = "As for wake.")
    private String preview;

    @Option(
            names = "--expires",
            paramLabel = "DURATION",
            defaultValue = "24h",
            description = "1s to 30d (default: ${DEFAULT-VALUE}).")
    private String expires;

    @Option(
            names = "--port",
            paramLabel = "NAME",
            description = "The exposed port whose host it opens (default: the main one).")
    private String port;

    @Option(
            names = "--withdraw",
            paramLabel = "LINK",
            arity = "0..1",
            fallbackValue = "all",
            description = "Withdraw this link, or all links and the bypass token.")
    private String withdraw;

    @Override
    public Integer call() {
        AdminClient client = state.client();
        PrintWriter out = spec.commandLine().getOut();
        ObjectNode body = new ObjectMapper().createObjectNode();
        if (withdraw != null) {
            body.put("link", "all".equals(withdraw) ? null : withdraw);
            JsonNode done = client.post(AdminClient.path("previews", preview, "unshare"), body);
            out.println("Withdrawn: " + done.path("withdrawn").asText() + ".");
        } else {
            JsonNode link = client.post(
                    AdminClient.path("previews", preview, "share"),
                    body.put("expires", expires).put("port", port));
            out.println(link.path("url").asText());
            spec.commandLine()
                    .getErr()
                    .println("Link " + link.path("link").asText() + ", until "
                            + link.path("expiresAt").asText() + ".");
            spec.commandLine().getErr().flush();
        }
        out.flush();
        return ExitCodes.OK;
    }
}
