package io.jenkins.plugins.dedalus.emulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Sends signals to process trees that may grow meanwhile. */
final class Signals {
    private static final int ROUNDS = 50;

    private Signals() {}

    /** Signals what {@code find} finds until it finds nothing new. */
    static void untilStable(String signal, Supplier<Set<Long>> find) {
        Set<Long> done = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            Set<Long> fresh = new HashSet<>(find.get());
            fresh.removeAll(done);
            if (fresh.isEmpty()) {
                return;
            }
            send(signal, fresh);
            done.addAll(fresh);
        }
    }

    static void send(String signal, Collection<Long> pids) {
        if (pids.isEmpty()) {
            return;
        }
        List<String> argv = new ArrayList<>(List.of("kill", "-" + signal));
        pids.forEach(pid -> argv.add(Long.toString(pid)));
        run(argv);
    }

    static void run(List<String> argv) {
        try {
            Process process = new ProcessBuilder(argv)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new IllegalStateException("Could not run " + argv.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The processes whose /proc entry satisfies a test. */
    static Set<Long> find(java.util.function.Predicate<Path> test) {
        Set<Long> found = new HashSet<>();
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                if (test.test(entry)) {
                    found.add(Long.parseLong(entry.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("Could not read /proc: " + e.getMessage(), e);
        }
        return found;
    }
}
