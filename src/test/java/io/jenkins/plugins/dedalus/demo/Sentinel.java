package io.jenkins.plugins.dedalus.demo;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A shell that outlives a demo that is killed, whatever kills it: it ends all processes of the run, as {@link Leftovers} knows
 * them, and deletes the run's directory. It notices by the end of its input.
 */
final class Sentinel implements AutoCloseable {
    /** A second line dismisses it. It never says the directory itself, by which processes are found, but to {@code find}. */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            read -r root || exit 0
            read -r word && exit 0
            left() {
                if [ -d /proc/self ]; then
                    {
                        printf '%s\\n' "$root" | grep -lF -f - /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null
                        find /proc -mindepth 2 -maxdepth 2 -name cwd -lname "$root*" 2>/dev/null
                    } | cut -d / -f 3 | sort -u
                else
                    ps -axEww -o pid=,command= | while read -r pid command; do
                        case $command in *"$root"*) echo "$pid" ;; esac
                    done
                fi
            }
            round=0
            pids=$(left)
            while [ -n "$pids" ] && [ $round -lt 200 ]; do
                kill -KILL $pids 2>/dev/null
                round=$((round + 1))
                pids=$(left)
            done
            rm -rf "$root" || rm -rf "$root"
            """;

    private final Process shell;
    private final Writer in;

    private Sentinel(Process shell) {
        this.shell = shell;
        this.in = shell.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts one for the run that lives in this directory. */
    static Sentinel start(Path directory) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT));
        if (Files.exists(Path.of("/proc/self"))) {
            // In a session of its own, so that what is sent to the demo's group does not reach it.
            command.add(0, "setsid");
        }
        Sentinel sentinel = new Sentinel(new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
        sentinel.in.write(directory + "\n");
        sentinel.in.flush();
        return sentinel;
    }

    /** Dismisses it, and waits until it is gone. */
    @Override
    public void close() throws IOException {
        try (in) {
            in.write("done\n");
        }
        try {
            shell.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
