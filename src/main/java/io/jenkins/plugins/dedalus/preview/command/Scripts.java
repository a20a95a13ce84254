package io.jenkins.plugins.dedalus.preview.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The shell scripts that come with the engine, and how scripts are run: through standard input, never as arguments. */
public final class Scripts {
    /** Read once: every build asks for most of them. */
    private static final Map<String, String> TEXTS = Stream.of(
                    "apt.sh",
                    "checkout.sh",
                    "command-service.sh",
                    "ensure-packages.sh",
                    "exec.sh",
                    "fetch.sh",
                    "heal.sh",
                    "home.sh",
                    "install.sh",
                    "install-services.sh",
                    "logs.sh",
                    "packages.sh",
                    "piece.sh",
                    "postgres.sh",
                    "process.sh",
                    "redis.sh",
                    "reset.sh",
                    "run.sh",
                    "script.sh",
                    "services.sh",
                    "start.sh",
                    "unpack.sh")
            .collect(Collectors.toUnmodifiableMap(Function.identity(), Scripts::read));

    private Scripts() {}

    /** Runs whatever script is on standard input, in a directory below the home; it finds the services. */
    public static List<String> command(String directory) {
        return standardInput(directory, "", "services");
    }

    /** The same, and leaves the script with its variables on the machine under a name. */
    static List<String> keeping(String directory, String name) {
        return standardInput(directory, name, "services");
    }

    /** The same for one of ours, in the home: what it starts must not be told of services as they were before. */
    static List<String> own() {
        return standardInput(null, "", "");
    }

    private static List<String> standardInput(String directory, String name, String services) {
        return List.of(
                "/bin/bash",
                "-c",
                load("heal.sh", "script.sh", "run.sh"),
                "dedalus",
                directory == null ? "" : directory,
                name,
                services);
    }

    /**
     * Prints a log that lies on the machine.
     *
     * @param service null for the app's
     * @param lines how many of the last ones
     * @param follow whether to go on with what comes
     */
    public static List<String> logs(String service, int lines, boolean follow) {
        return reading("logs.sh", service == null ? "" : service, Integer.toString(lines), follow ? "follow" : "");
    }

    /** Runs a command in a directory. */
    public static List<String> running(String directory, List<String> words) {
        List<String> command = new ArrayList<>(
                List.of("/bin/bash", "-c", load("heal.sh", "script.sh", "exec.sh"), "dedalus", directory));
        command.addAll(words);
        return command;
    }

    /** One of ours that reads data from standard input. */
    public static List<String> reading(String name, String argument, String... more) {
        List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", load(name), "dedalus", argument));
        command.addAll(List.of(more));
        return command;
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What these make together, in this order; each finds what persists in its HOME. */
    static String load(String... names) {
        StringBuilder all = new StringBuilder(TEXTS.get("home.sh"));
        for (String name : names) {
            all.append(Objects.requireNonNull(TEXTS.get(name), name));
        }
        return all.toString();
    }

    private static String read(String name) {
        try (InputStream in = Scripts.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The script " + name + " is missing from this build.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("The script " + name + " can't be read from this build.", e);
        }
    }
}
