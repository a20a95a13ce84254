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
                    "checkout.sh", "exec.sh", "fetch.sh", "install.sh", "piece.sh", "run.sh", "start.sh", "unpack.sh")
            .collect(Collectors.toUnmodifiableMap(Function.identity(), Scripts::read));

    private Scripts() {}

    /** Runs whatever script is on standard input, in a directory below the home. */
    public static List<String> command(String directory) {
        return List.of("/bin/bash", "-c", load("run.sh"), "dedalus", directory == null ? "" : directory);
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

    static String load(String name) {
        return Objects.requireNonNull(TEXTS.get(name), name);
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
