package io.jenkins.plugins.dedalus.emulator.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Sends signals, through one shell that ends with the emulator: Java can't, and a process for each would be slow. */
public final class Signals implements AutoCloseable {
    private static final int QUIET_ROUNDS = 2;
    private static final int MAX_ROUNDS = 500;

    private Process shell;
    private Writer in;
    private BufferedReader out;

    /** Signals what {@code find} finds until it finds nothing new twice in a row. */
    void untilStable(String signal, Supplier<Set<Long>> find) {
        Set<Long> done = new HashSet<>();
        int quiet = 0;
        for (int round = 0; round < MAX_ROUNDS && quiet < QUIET_ROUNDS; round++) {
            Set<Long> fresh = new HashSet<>(find.get());
            fresh.removeAll(done);
            quiet = fresh.isEmpty() ? quiet + 1 : 0;
            send(signal, fresh);
            done.addAll(fresh);
        }
    }

    /** Sends one signal to some processes; those that are gone already don't matter. */
    synchronized void send(String signal, Collection<Long> pids) {
        if (pids.isEmpty()) {
            return;
        }
        String list = pids.stream().map(pid -> Long.toString(pid)).collect(Collectors.joining(" "));
        try {
            if (shell == null || !shell.isAlive()) {
                open();
            }
            in.write("kill -" + signal + " " + list + " 2>/dev/null; echo .\n");
            in.flush();
            if (out.readLine() == null) {
                throw new IOException("the shell that sends signals ended");
            }
        } catch (IOException e) {
            throw new IllegalStateException("Could not send SIG" + signal + " to " + list + ": " + e.getMessage(), e);
        }
    }

    private void open() throws IOException {
        // It must outlive a Ctrl-C in the terminal: the emulator needs it to end the machines.
        shell = new ProcessBuilder("/bin/sh", "-c", "trap '' INT TERM HUP; while read -r line; do eval \"$line\"; done")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        in = shell.outputWriter(StandardCharsets.US_ASCII);
        out = new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.US_ASCII));
    }

    @Override
    public synchronized void close() {
        if (shell != null) {
            shell.destroyForcibly();
            shell = null;
        }
    }
}
