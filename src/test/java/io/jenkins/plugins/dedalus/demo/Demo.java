package io.jenkins.plugins.dedalus.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./demo}: two pull requests with a preview each, on this computer, without an account. */
@Command(
        name = "./demo",
        sortOptions = false,
        description = {
            "Two pull requests with a preview each, on this computer, without a Dedalus account.",
            "Without options: provisions both, prints their addresses and stays until Ctrl-C.",
            "--jenkins [--help] does it in a Jenkins with the plugin instead."
        })
public final class Demo implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--once", description = "Walk through it unattended and check every claim.")
    private boolean once;

    @Option(
            names = "--json",
            description = "With --once: one line of JSON on standard output, the rest on standard error.")
    private boolean json;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where the previews are served (8080; with --once any free port if that is taken).")
    private Integer port;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this.")
    private boolean help;

    @Option(names = "--root", hidden = true, required = true, description = "The project's directory; set by ./demo.")
    private Path root;

    @Option(
            names = "--packages",
            hidden = true,
            description = "PostgreSQL for the machines; set by ./demo where it can be had.")
    private Path packages;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Demo()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (json && !once) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--json needs --once.");
        }
        PrintWriter out =
                json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        long started = System.nanoTime();
        Claims claims = new Claims();
        boolean kept = play(out, claims);
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        if (json) {
            spec.commandLine().getOut().println(claims.toJson(took));
            spec.commandLine().getOut().flush();
        }
        if (kept && once) {
            out.printf("All of it in %.1f s.%n", took.toMillis() / 1000.0);
            out.flush();
        }
        return kept ? 0 : 1;
    }

    private boolean play(PrintWriter out, Claims claims) throws Exception {
        Stage stage = new Stage(root, packages, out);
        Thread curtain = new Thread(stage::close, "demo-teardown");
        Runtime.getRuntime().addShutdownHook(curtain);
        try {
            stage.open(ports());
            Walkthrough walkthrough = new Walkthrough(stage, claims, out);
            if (once) {
                walkthrough.everyClaim();
                claims.printTable(out);
                return true;
            }
            walkthrough.provision();
            walkthrough.invite();
            new CountDownLatch(1).await(); // until Ctrl-C, which runs the shutdown hook
            return true;
        } catch (Deviation deviation) {
            if (!stage.isClosing()) {
                out.println();
                stage.lastWords().forEach(out::println);
                out.println("demo: " + deviation.getMessage());
                out.flush();
                claims.deviated(deviation.getMessage());
            }
            return false;
        } finally {
            stage.close();
        }
    }

    /** Another port only where nobody will look: somebody may take one between the look and its use. */
    private List<Integer> ports() throws IOException {
        int wanted = port == null ? 8080 : port;
        if (port != null || !once) {
            return List.of(wanted);
        }
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return List.of(wanted, any.getLocalPort());
        }
    }
}
