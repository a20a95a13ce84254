package io.jenkins.plugins.dedalus.router;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Keeps a preview however long nobody looks at it. */
@Command(
        name = "pin",
        description =
                "Keeps a preview however long nobody looks at it, until its change request is closed; also one that was closed"
                        + " because nobody looked, while its data are kept.",
        mixinStandardHelpOptions = true)
final class PinCommand implements Callable<Integer> {
    @Mixin
    private OperationOptions options;

    @ArgGroup
    private End end;

    /** When the pin ends. */
    static final class End {
        @Option(names = "--for", paramLabel = "DURATION", description = "Pin it for so long, e.g. 30d.")
        private String length;

        @Option(
                names = "--until",
                paramLabel = "WHEN",
                description =
                        "Pin it until then: a day (its end, UTC) or a time, e.g. 2027-01-31 or 2027-01-31T18:00:00Z.")
        private String until;
    }

    @Override
    public Integer call() {
        Map<String, String> body = new LinkedHashMap<>();
        if (end != null && end.length != null) {
            body.put("for", end.length);
        } else if (end != null) {
            body.put("until", end.until);
        }
        return options.run("pin", body, LifetimeText::sentence);
    }
}
