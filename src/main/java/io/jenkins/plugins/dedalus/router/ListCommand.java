package io.jenkins.plugins.dedalus.router;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dedalus.client.model.Durations;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the previews the serving process knows. */
@Command(name = "list", description = "Lists the previews.", mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StateOptions state;

    @Option(names = "--json", description = "Print JSON, one array.")
    private boolean json;

    @Override
    public Integer call() {
        JsonNode answer = state.client().get("/api/v1/previews");
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(answer.path("previews").toPrettyString());
        } else {
            table(answer.path("previews"), Instant.now()).forEach(out::println);
            answer.path("notes").forEach(note -> spec.commandLine().getErr().println(note.asText()));
        }
        out.flush();
        spec.commandLine().getErr().flush();
        return ExitCodes.OK;
    }

    static List<String> table(JsonNode previews, Instant now) {
        if (previews.isEmpty()) {
            return List.of("No previews. Make one with: dedalus-preview-router up --help");
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("PREVIEW", "CHANGE", "STATE", "MACHINE", "COMMIT", "AGE", "ENDS", "URL"));
        List<String> problems = new ArrayList<>();
        for (JsonNode preview : previews) {
            String commit = preview.path("commit").asText("");
            rows.add(List.of(
                    preview.path("id").asText(),
                    "#" + preview.path("changeId").asText(),
                    preview.path("state").asText().toLowerCase(Locale.ROOT),
                    preview.path("machine").asText("-"),
                    commit.isEmpty() ? "-" : commit.substring(0, Math.min(10, commit.length())),
                    age(preview.path("createdAt").asText(""), now),
                    LifetimeText.cell(preview, now),
                    preview.path("url").asText("-")));
            if (preview.hasNonNull("problem")) {
                problems.add(preview.path("id").asText() + ": "
                        + preview.path("problem").asText());
            }
            if (LifetimeText.notice(preview) != null) {
                problems.add(LifetimeText.notice(preview));
            }
        }
        List<String> lines = new ArrayList<>(Table.align(rows));
        if (!problems.isEmpty()) {
            lines.add("");
            lines.addAll(problems);
        }
        return lines;
    }

    private static String age(String created, Instant now) {
        try {
            return created.isEmpty() ? "-" : Durations.say(Duration.between(Instant.parse(created), now));
        } catch (DateTimeParseException e) {
            return "-";
        }
    }
}
