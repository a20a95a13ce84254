package io.jenkins.plugins.dedalus.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A demo that is killed leaves no process and no directory; one that ends by itself sees to that by itself. */
class SentinelTest {
    @TempDir
    Path outside;

    /** A run of the demo: a server as the router is one, and what a machine left behind without a mark in its environment. */
    static final class Run {
        private Run() {}

        public static void main(String[] args) throws Exception {
            Path directory = Path.of(args[0]);
            Sentinel.start(directory);
            Child.start("server", Path.of("/"), directory.resolve("server.log"), List.of("sleep", "1000"));
            unmarked(directory);
            Files.createFile(directory.resolve("runs"));
            Thread.currentThread().join();
        }
    }

    private static Process unmarked(Path directory) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sleep", "1000").directory(directory.toFile());
        builder.environment().clear();
        return builder.start();
    }

    @Test
    void whatKillsTheDemoKillsAllOfIt() throws Exception {
        Path directory = Files.createDirectory(outside.resolve("run")).toRealPath();
        Process demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Run.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(outside.resolve("run.log").toFile())
                .start();
        await().until(() -> Files.exists(directory.resolve("runs")) || !demo.isAlive());
        assertThat(demo.isAlive())
                .as(Files.readString(outside.resolve("run.log")))
                .isTrue();
        assertThat(new Leftovers(directory).processes())
                .as("demo, server and machine")
                .hasSize(3);

        demo.destroyForcibly().waitFor();

        await().untilAsserted(
                        () -> assertThat(new Leftovers(directory).processes()).isEmpty());
        await().until(() -> Files.notExists(directory));
    }

    @Test
    void whoIsDismissedEndsNothing() throws Exception {
        Path directory = Files.createDirectory(outside.resolve("kept")).toRealPath();
        Process machine = unmarked(directory);
        try {
            Sentinel.start(directory).close();

            assertThat(machine.isAlive()).isTrue();
            assertThat(directory).exists();
        } finally {
            machine.destroyForcibly().waitFor();
        }
    }
}
