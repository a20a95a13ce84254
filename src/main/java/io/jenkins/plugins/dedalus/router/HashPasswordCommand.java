package io.jenkins.plugins.dedalus.router;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the value of {@code access.passwordHash}. */
@Command(
        name = "hash-password",
        description = "Reads a password (from the terminal, or one line of standard input) and prints its bcrypt hash.",
        mixinStandardHelpOptions = true)
final class HashPasswordCommand implements Callable<Integer> {
    private static final int MAX_BYTES = 72;

    @Spec
    private CommandSpec spec;

    @Option(names = "--cost", defaultValue = "12", description = "bcrypt's cost, 4 to 14 (default: ${DEFAULT-VALUE}).")
    private int cost;

    @Override
    public Integer call() throws IOException {
        if (cost < 4 || cost > 14) {
            throw new CliException(ExitCodes.USAGE, "--cost must be from 4 to 14.");
        }
        char[] password = read();
        if (password.length == 0) {
            throw new CliException(ExitCodes.USAGE, "The password is empty.");
        }
        if (new String(password).getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new CliException(ExitCodes.USAGE, "bcrypt reads 72 bytes at most; choose a shorter password.");
        }
        spec.commandLine().getOut().println(BCrypt.withDefaults().hashToString(cost, password));
        spec.commandLine().getOut().flush();
        Arrays.fill(password, '\0');
        return ExitCodes.OK;
    }

    private static char[] read() throws IOException {
        Console console = System.console();
        if (console != null) {
            return console.readPassword("Password: ");
        }
        String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        return line == null ? new char[0] : line.toCharArray();
    }
}
