package io.jenkins.plugins.dedalus.preview.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** Runs the scripts that come with the engine on this host, with a home, a root file system and tools of their own. */
final class MachineShell {
    final Path home;
    final Path root;
    private final Path tools;

    MachineShell(Path directory) throws IOException {
        home = Files.createDirectories(directory.resolve("home"));
        root = Files.createDirectories(directory.resolve("root"));
        tools = Files.createDirectories(directory.resolve("tools"));
        Files.createDirectories(root.resolve("usr/sbin"));
        Files.createDirectories(home.resolve(".dedalus-preview"));
    }

    /** What a script printed, and how it ended. */
    record Outcome(int code, String output) {}

    /** A program that is found before those of this host. */
    void tool(String name, String script) throws IOException {
        Path file = tools.resolve(name);
        Files.writeString(file, "#!/bin/bash\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The text of scripts, with what lies on the root file system in ours. */
    String script(String... names) {
        return onOurRoot(Scripts.load(names));
    }

    private String onOurRoot(String text) {
        return text.replace("/var/lib/", root + "/var/lib/")
                .replace("/usr/sbin/policy", root + "/usr/sbin/policy")
                .replace("/etc/postgresql-common", root + "/etc/postgresql-common");
    }

    Outcome run(String script, Map<String, String> env, String... arguments) {
        try {
            Path file = Files.writeString(Files.createTempFile(tools, "script", ".sh"), script);
            ProcessBuilder builder = new ProcessBuilder("/bin/bash", file.toString()).redirectErrorStream(true);
            builder.command().addAll(List.of(arguments));
            builder.environment().putAll(env);
            builder.environment().put("HOME", home.toString());
            builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
