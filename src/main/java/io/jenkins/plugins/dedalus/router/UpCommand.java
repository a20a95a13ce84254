package io.jenkins.plugins.dedalus.router;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.router.admin.AdminClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Provisions a preview, or brings it to another commit. */
@Command(
        name = "up",
        description =
                "Provisions a preview of a pull request, or brings it to a new commit. Leaving this command does not stop"
                        + " the operation; `down` does.",
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Mixin
    private StateOptions state;

    @Parameters(paramLabel = "SPEC", arity = "0..1", description = "The preview file (YAML), see docs/router.md.")
    private Path file;

    @Option(names = "--spec", paramLabel = "FILE", description = "The same as the parameter.")
    private Path specFile;

    @Option(names = "--repository", description = "host/owner/name or a clone URL.")
    private String repository;

    @Option(names = "--change", paramLabel = "NUMBER", description = "The pull request's number.")
    private String change;

    @Option(names = "--name", description = "Where one pull request has several previews.")
    private String name;

    @Option(names = "--branch", description = "CHANGE_BRANCH of the scripts.")
    private String branch;

    @Option(names = "--target", description = "CHANGE_TARGET of the scripts.")
    private String target;

    @Option(names = "--commit", description = "GIT_COMMIT of the scripts, a full hash.")
    private String commit;

    @Option(names = "--url", description = "CHANGE_URL of the scripts: the pull request's page.")
    private String url;

    @Option(names = "--git-url", description = "GIT_URL of the scripts, without credentials.")
    private String gitUrl;

    @Option(
            names = "--source",
            description = "scripts (they fetch the code), git or archive. Default: ${DEFAULT-VALUE}.",
            defaultValue = "scripts")
    private String source;

    @Option(
            names = "--git-ref",
            description = "For --source git: the ref that holds the commit, e.g. refs/pull/12/head.")
    private String gitRef;

    @Option(
            names = "--git-token-env",
            paramLabel = "NAME",
            description = "For --source git: the environment variable with a short-lived token.")
    private String gitTokenEnv;

    @Option(names = "--archive", paramLabel = "FILE", description = "For --source archive: a tar.gz of the code.")
    private Path archive;

    @Option(
            names = "--secret",
            paramLabel = "NAME",
            description = "Hand this environment variable of yours to the scripts as a secret. Repeatable.")
    private final List<String> secrets = new ArrayList<>();

    @Option(names = "--fork", description = "The branch lives in a fork.")
    private boolean fork;

    @Option(names = "--order", description = "Newest wins: a higher number is newer. Default: the time.")
    private Long order;

    @Option(names = "--json", description = "Print the preview as JSON; progress goes to standard error.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        ObjectNode body = body();
        PrintWriter out = spec.commandLine().getOut();
        AdminClient client = state.client();
        JsonNode preview;
        try (ProgressPrinter progress =
                ProgressPrinter.create(json ? spec.commandLine().getErr() : out)) {
            preview = client.stream("/api/v1/previews", body, progress::event);
        }
        if (json) {
            out.println(preview);
        } else {
            out.println(preview.path("id").asText() + " is ready: "
                    + preview.path("url").asText());
            preview.path("urls").properties().stream()
                    .filter(port ->
                            !port.getValue().asText().equals(preview.path("url").asText()))
                    .forEach(port -> out.println(
                            "  " + port.getKey() + ": " + port.getValue().asText()));
        }
        out.flush();
        return ExitCodes.OK;
    }

    private ObjectNode body() throws IOException {
        Path given = file != null ? file : specFile;
        if (given == null) {
            throw new CliException(ExitCodes.USAGE, "Name the preview file: up preview.yaml --change 12 …");
        }
        if (!Files.isReadable(given)) {
            throw new CliException(ExitCodes.CONFIG, given + ": there is no such file, or it can't be read.");
        }
        ObjectNode body = JSON.createObjectNode();
        body.put("specName", given.toString())
                .put("spec", Files.readString(given, StandardCharsets.UTF_8))
                .put("fork", fork)
                .put("order", order);
        ObjectNode about = body.putObject("change");
        put(about, "repository", repository);
        put(about, "number", change);
        put(about, "name", name);
        put(about, "branch", branch);
        put(about, "target", target);
        put(about, "commit", commit);
        put(about, "url", url);
        put(about, "gitUrl", gitUrl);
        source(body.putObject("source"));
        ObjectNode secret = body.putObject("secrets");
        for (String variable : secrets) {
            secret.put(variable, environment(variable, "--secret"));
        }
        return body;
    }

    private void source(ObjectNode node) {
        node.put("type", source);
        put(node, "ref", gitRef);
        if (gitTokenEnv != null) {
            node.put("token", environment(gitTokenEnv, "--git-token-env"));
        }
        if (archive != null) {
            node.put("path", archive.toAbsolutePath().toString());
        } else if ("archive".equals(source)) {
            throw new CliException(ExitCodes.USAGE, "--source archive needs --archive FILE.");
        }
    }

    private static String environment(String variable, String option) {
        String value = System.getenv(variable);
        if (value == null) {
            throw new CliException(
                    ExitCodes.USAGE, option + " " + variable + ": there is no such environment variable.");
        }
        return value;
    }

    private static void put(ObjectNode node, String key, String value) {
        if (value != null) {
            node.put(key, value);
        }
    }
}
