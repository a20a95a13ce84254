package io.jenkins.plugins.dedalus.router;

import io.jenkins.plugins.dedalus.router.admin.AdminException;
import io.jenkins.plugins.dedalus.router.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The router's command line. Nothing heavy is loaded before a command needs it: {@code --version} has to answer at once.
 */
@Command(
        name = "dedalus-preview-router",
        description = "Serves pull request previews that sleep on Dedalus machines and wake on request.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {
            ServeCommand.class,
            UpCommand.class,
            ListCommand.class,
            WakeCommand.class,
            SleepCommand.class,
            LogsCommand.class,
            ResetCommand.class,
            PinCommand.class,
            UnpinCommand.class,
            ExtendCommand.class,
            DownCommand.class,
            AdoptCommand.class,
            TrustKeyCommand.class,
            ShareCommand.class,
            BypassCommand.class,
            HashPasswordCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the operation failed",
            "2:the command line can't be understood",
            "3:no router runs on this state directory",
            "4:the configuration or the preview file can't be used",
            "5:no such preview, or the name fits several"
        },
        footer = {"", "Start with: dedalus-preview-router serve --config router.yaml"})
public final class RouterMain implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command line, ready to execute; tests set its writers. */
    public static CommandLine commandLine() {
        return new CommandLine(new RouterMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, parsed) -> report(failure, line));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing.");
    }

    private static int report(Exception failure, CommandLine line) {
        line.getErr().println(sentence(failure));
        line.getErr().flush();
        if (failure instanceof CliException cli) {
            return cli.exitCode();
        }
        if (failure instanceof ConfigException) {
            return ExitCodes.CONFIG;
        }
        if (failure instanceof AdminException admin) {
            return switch (admin.kind()) {
                case NO_ROUTER -> ExitCodes.NO_ROUTER;
                case NOT_FOUND -> ExitCodes.NOT_FOUND;
                case CONFIG -> ExitCodes.CONFIG;
                case FAILED, BUSY -> ExitCodes.FAILED;
            };
        }
        return ExitCodes.FAILED;
    }

    private static String sentence(Exception failure) {
        String message = failure.getMessage();
        if (message != null && !message.isBlank()) {
            return message;
        }
        return failure.getClass().getSimpleName()
                + " without a message: this is a bug of the router, please report it.";
    }
}
