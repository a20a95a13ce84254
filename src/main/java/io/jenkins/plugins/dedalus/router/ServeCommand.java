package io.jenkins.plugins.dedalus.router;

import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import io.jenkins.plugins.dedalus.router.config.RouterConfigReader;
import io.jenkins.plugins.dedalus.router.serve.RouterProcess;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves until the process is told to end. */
@Command(
        name = "serve",
        description =
                "Serves previews: owns the ledger, wakes machines, forwards viewers. Ends on SIGTERM or Ctrl-C after a drain.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration. Default: router.yaml here, else /etc/dedalus-preview-router/router.yaml.")
    private Path config;

    @Option(names = "--check", description = "Only check the configuration.")
    private boolean check;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Path file = StateOptions.config(config);
        RouterConfig read = RouterConfigReader.read(file, System.getenv());
        if (check) {
            out.println(file + " is fine.");
            out.flush();
            return ExitCodes.OK;
        }
        // One line a message, instead of java.util.logging's two.
        standard("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT%1$tz %4$s %5$s%6$s%n");
        // A caller of the admin port who sends its request too slowly must not hold a thread for ever.
        standard("sun.net.httpserver.maxReqTime", "30");
        RouterProcess process = RouterProcess.start(read, System.getenv());
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            process.close();
                            ended.countDown();
                        },
                        "shutdown"));
        out.println(process.describe());
        out.flush();
        ended.await();
        return ExitCodes.OK;
    }

    private static void standard(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
