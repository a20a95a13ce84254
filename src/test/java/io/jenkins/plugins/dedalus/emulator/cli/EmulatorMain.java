package io.jenkins.plugins.dedalus.emulator.cli;

import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./emulator}. */
@Command(
        name = "emulator",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = {
            "A Dedalus control plane on 127.0.0.1, for tests, demos and development without an account.",
            "It runs commands on this computer. Ctrl-C ends it and every process it started."
        },
        footer = "Faults, the config file and the control endpoints: docs/emulator.md.")
final class EmulatorMain implements Callable<Integer> {
    private static final String PORT = "7070";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The API's port; 0 takes a free one. Default " + PORT + ".")
    private Integer port;

    @Option(
            names = {"--state", "--dir"},
            paramLabel = "DIR",
            description = "Keeps machines here and finds them again. Default: a temporary directory.")
    private Path state;

    @Option(names = "--config", paramLabel = "FILE", description = "YAML or JSON; what is given here wins over it.")
    private Path config;

    @Option(names = "--api-key", paramLabel = "KEY", description = "The only key accepted. Default dsk-emulator-key.")
    private String apiKey;

    @Option(
            names = "--organization",
            paramLabel = "UUID",
            description = "The only organisation accepted. Default: any.")
    private String organization;

    @Option(names = "--generation", paramLabel = "1|2|3|4", description = "The API's generation. Default 2.")
    private Integer generation;

    @Option(
            names = "--namespaces",
            paramLabel = "auto|off|required",
            description = "Whether each machine has ports of its own. Default auto: where the kernel allows it.")
    private String namespaces;

    @Option(
            names = "--packages",
            paramLabel = "DIR",
            description = "Packages that machines can install without a network: docs/emulator.md.")
    private Path packages;

    @Option(names = "--plan", paramLabel = "free|next", description = "5 or 20 machines. Default: 100.")
    private String plan;

    @Option(names = "--autosleep", paramLabel = "TIME", description = "Of machines that ask for none. Default 5m.")
    private String autosleep;

    @Option(names = "--boot-delay", paramLabel = "TIME", description = "From create to running. Default 20ms.")
    private String bootDelay;

    @Option(names = "--wake-delay", paramLabel = "TIME", description = "From wake to running. Default 20ms.")
    private String wakeDelay;

    @Option(names = "--wake-jitter", paramLabel = "TIME", description = "Added to it at random, at most. Default 0ms.")
    private String wakeJitter;

    @Option(names = "--sleep-delay", paramLabel = "TIME", description = "From stopping to sleeping. Default 0ms.")
    private String sleepDelay;

    @Option(
            names = "--hold-window",
            paramLabel = "TIME",
            description = "No sleep for so long after a wake. Default 0ms.")
    private String holdWindow;

    @Option(names = "--preview-delay", paramLabel = "TIME", description = "Until a preview has its URL. Default 0ms.")
    private String previewDelay;

    @Option(
            names = "--named-hosts",
            description = "Preview URLs have host names of their own: http://prev-….localhost:PORT.")
    private boolean namedHosts;

    @Option(names = "--rate-limit", paramLabel = "N", description = "API calls a second. Default 0: unlimited.")
    private Integer rateLimit;

    private EmulatorMain() {}

    public static void main(String[] args) {
        CommandLine commands = new CommandLine(new EmulatorMain());
        commands.setExecutionExceptionHandler((failure, line, parsed) -> {
            line.getErr().println("emulator: " + failure.getMessage());
            return failure instanceof IllegalArgumentException
                    ? CommandLine.ExitCode.USAGE
                    : CommandLine.ExitCode.SOFTWARE;
        });
        int code = commands.execute(args);
        if (code != 0 || commands.getParseResult().isUsageHelpRequested()) {
            System.exit(code);
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        EmulatorConfig configuration =
                ConfigFile.read(config).overriddenBy(flags()).configuration();
        Emulator emulator = Emulator.start(configuration);
        CountDownLatch stopped = new CountDownLatch(1);
        PrintWriter out = spec.commandLine().getOut();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            emulator.close();
                            stopped.countDown();
                        },
                        "emulator-stop"));
        out.println("Dedalus emulator: " + emulator.baseUrl());
        out.println("  export DEDALUS_BASE_URL=" + emulator.baseUrl() + " DEDALUS_API_KEY=" + configuration.apiKey());
        out.println("  machines " + (emulator.namespaces() ? "have ports of their own" : "share this host's ports")
                + "; their files: " + emulator.state()
                + (configuration.state() == null ? " (deleted at the end)" : ""));
        out.println("  " + emulator.shared());
        if (!emulator.packages().isEmpty()) {
            out.println("  packages that they can install: " + String.join(" ", emulator.packages()));
        }
        out.flush();
        stopped.await();
        return 0;
    }

    private ConfigFile flags() {
        Integer wanted = port;
        if (wanted == null && config == null) {
            wanted = Integer.valueOf(PORT);
        }
        return new ConfigFile(
                wanted,
                state == null ? null : state.toString(),
                apiKey,
                organization,
                generation,
                namespaces,
                packages == null ? null : packages.toString(),
                plan,
                null,
                autosleep,
                bootDelay,
                wakeDelay,
                wakeJitter,
                null,
                sleepDelay,
                holdWindow,
                previewDelay,
                namedHosts ? true : null,
                rateLimit,
                null,
                null,
                null);
    }
}
