package io.jenkins.plugins.dedalus.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.router.config.RouterConfigReader;
import io.jenkins.plugins.dedalus.router.serve.RouterProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a router says when it starts. */
class RouterStartTest {
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final Handler collector = new Handler() {
        @Override
        public void publish(LogRecord logged) {
            if (logged.getLevel() == Level.WARNING) {
                warnings.add(logged.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @Test
    void anApiWithoutPreviewsIsAWarningBeforeAnythingIsMade(@TempDir Path dir) throws Exception {
        // Held on to: a logger that nobody holds is forgotten with its handlers.
        Logger logger = Logger.getLogger("io.jenkins.plugins.dedalus.router.serve");
        logger.addHandler(collector);
        try (Emulator emulator =
                Emulator.start(EmulatorConfig.builder().generation(4).build())) {
            Files.writeString(dir.resolve("key"), emulator.apiKey());
            Path config = Files.writeString(dir.resolve("router.yaml"), """
                    api: {baseUrl: "%s", apiKeyFile: key, upstreamHosts: [127.0.0.1]}
                    state: state
                    listen: {port: 0}
                    previewUrl: http://pr-{number}.localhost:8080
                    """.formatted(emulator.baseUrl()));
            try (RouterProcess router = RouterProcess.start(RouterConfigReader.read(config, Map.of()), Map.of())) {
                assertThat(router.describe()).isNotBlank();
                await().untilAsserted(() ->
                        assertThat(warnings).anyMatch(line -> line.contains("offers neither previews nor ports")));
            }
        } finally {
            logger.removeHandler(collector);
        }
    }
}
