package io.jenkins.plugins.dedalus.proxy.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaticDirectoryTest {
    private final Queue<Runnable> scheduled = new ArrayDeque<>();

    @TempDir
    Path dir;

    private final EngineScheduler scheduler = new EngineScheduler() {
        @Override
        public Runnable schedule(Duration delay, Runnable task) {
            scheduled.add(task);
            return () -> scheduled.remove(task);
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    };

    private StaticDirectory open(Path file) throws IOException {
        return new StaticDirectory(file, AccessMode.PUBLIC, scheduler, Duration.ofSeconds(5), Clock.systemUTC());
    }

    private static String list(String host) {
        return "{\"routes\":[{\"host\":\"" + host + "\",\"state\":\"closed\"}]}";
    }

    @Test
    void readsTheFileAgainWhenItChanges() throws Exception {
        Path file = dir.resolve("routes.json");
        Files.writeString(file, list("a.example.net"));
        try (StaticDirectory directory = open(file)) {
            assertThat(directory.lookup("a.example.net")).isPresent();

            Files.writeString(file, list("b.example.net"));
            scheduled.remove().run();
            assertThat(directory.lookup("a.example.net")).isEmpty();
            assertThat(directory.lookup("b.example.net")).isPresent();

            Files.writeString(file, "{ half");
            scheduled.remove().run();
            assertThat(directory.lookup("b.example.net"))
                    .as("a broken file changes nothing")
                    .isPresent();
            assertThat(directory.describe()).contains("1 hosts", "routes.json");
        }
        assertThat(scheduled).isEmpty();
    }

    @Test
    void aFileThatIsBrokenFromTheStartIsRefused() throws Exception {
        Path file = dir.resolve("routes.json");
        assertThatThrownBy(() -> open(file)).isInstanceOf(IOException.class);
        Files.writeString(file, "[]");
        assertThatThrownBy(() -> open(file)).isInstanceOf(IllegalArgumentException.class);
    }
}
