package io.jenkins.plugins.dedalus.emulator.sandbox;

import io.jenkins.plugins.dedalus.emulator.relay.RelayMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The process in a machine's network namespace that carries connections from a Unix domain socket to its ports. */
final class Relay implements AutoCloseable {
    private final List<String> enter;
    private final Path socket;
    private Process process;
    private boolean closed;

    Relay(List<String> enter, Path socket) {
        this.enter = enter;
        this.socket = socket;
    }

    Path socket() {
        return socket;
    }

    /** Starts it unless it runs; returns once it accepts. */
    synchronized void start() throws IOException {
        if (process != null && process.isAlive()) {
            return;
        }
        if (closed) {
            throw new IOException("The machine is gone.");
        }
        Files.deleteIfExists(socket);
        List<String> argv = new ArrayList<>(enter);
        argv.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Xss256k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-cp",
                classes(),
                RelayMain.class.getName(),
                socket.toString()));
        process = new ProcessBuilder(argv)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (!"ready".equals(line)) {
            process.destroyForcibly();
            throw new IOException("A machine's relay did not start: " + line);
        }
    }

    /** The directory or archive that holds the relay's few classes: a short class path starts fast. */
    private static String classes() throws IOException {
        try {
            return Path.of(RelayMain.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IOException("The emulator's classes have no path.", e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
