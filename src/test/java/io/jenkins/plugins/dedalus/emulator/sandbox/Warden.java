package io.jenkins.plugins.dedalus.emulator.sandbox;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A shell that outlives an emulator that is killed, whatever kills it: it ends the processes that carry the emulator's mark
 * in their environment, and deletes its directory. It notices by the end of its input.
 */
final class Warden implements AutoCloseable {
    /** A word after the first two lines dismisses it. macOS has no /proc; there the shell itself looks, as grep would find itself. */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            read -r mark && read -r root || exit 0
            read -r word && exit 0
            marked() {
                if [ -d /proc/self ]; then
                    for file in $(grep -lF "$mark" /proc/[0-9]*/environ 2>/dev/null); do
                        file=${file#/proc/}
                        echo "${file%/environ}"
                    done
                else
                    ps -axEww -o pid=,command= | while read -r pid command; do
                        case $command in *"$mark"*) echo "$pid" ;; esac
                    done
                fi
            }
            round=0
            pids=$(marked)
            while [ -n "$pids" ] && [ $round -lt 200 ]; do
                kill -KILL $pids 2>/dev/null
                round=$((round + 1))
                pids=$(marked)
            done
            rm -rf "$root" || rm -rf "$root"
            """;

    private final Writer in;

    private Warden(Writer in) {
        this.in = in;
    }

    /** Starts one. */
    static Warden start(String mark, Path root) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT));
        if (ProcessTable.PROC) {
            // In a session of its own, so that what is sent to the emulator's group does not reach it.
            command.add(0, "setsid");
        }
        Process shell = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Writer in = shell.outputWriter(StandardCharsets.UTF_8);
        in.write(mark + "\n" + root + "\n");
        in.flush();
        return new Warden(in);
    }

    /** Dismisses it: nothing is left to end. */
    @Override
    public void close() throws IOException {
        try (in) {
            in.write("done\n");
        }
    }
}
