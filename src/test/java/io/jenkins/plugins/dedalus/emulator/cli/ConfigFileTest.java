package io.jenkins.plugins.dedalus.emulator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    @TempDir
    private Path directory;

    private ConfigFile file(String text) throws IOException {
        return ConfigFile.read(Files.writeString(directory.resolve("emulator.yaml"), text));
    }

    @Test
    void everySettingIsRead() throws IOException {
        EmulatorConfig config = file("""
                port: 7171
                api_key: k
                generation: 3
                namespaces: "off"
                packages: debs
                plan: free
                default_autosleep: 15s
                boot_delay: 1s
                wake_delay: 250ms
                wake_jitter: 50ms
                wake_answer_within: 5s
                sleep_delay: 15s
                hold_window: 5m
                preview_delay: 2s
                named_hosts: true
                rate_limit: 10
                sleep_forbidden: true
                older_routes: true
                faults:
                  - kind: preview_gateway
                    status: 503
                    delay_ms: 2000
                    times: -1
                """).configuration();
        assertThat(config.port()).isEqualTo(7171);
        assertThat(config.generation()).isEqualTo(3);
        assertThat(config.isolation()).isEqualTo(EmulatorConfig.Isolation.OFF);
        assertThat(config.packages()).isEqualTo(Path.of("debs"));
        assertThat(config.machineQuota()).isEqualTo(5);
        assertThat(config.wakeDelay()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.sleepDelay()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.holdWindow()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.namedHosts()).isTrue();
        assertThat(config.sleepForbidden()).isTrue();
        assertThat(config.olderRoutes()).isTrue();
        assertThat(config.faults()).containsExactly(Fault.gatewayAfterWake(503, Duration.ofSeconds(2)));
    }

    @Test
    void theCommandLineWins() throws IOException {
        ConfigFile flags = file("port: 1\ngeneration: 2\n");
        EmulatorConfig config =
                file("port: 7171\nrate_limit: 7\n").overriddenBy(flags).configuration();
        assertThat(config.port()).isEqualTo(1);
        assertThat(config.rateLimit()).isEqualTo(7);
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThatThrownBy(() -> file("prot: 1\n"))
                .hasMessageContaining("there is no setting 'prot'")
                .hasMessageContaining("plan, port");
        assertThatThrownBy(() -> file("wake_delay: 5 minutes\n").configuration())
                .hasMessage("wake_delay is '5 minutes'; allowed are durations such as 250ms, 15s, 5m and 2h.");
        assertThatThrownBy(() -> file("plan: gold\n").configuration()).hasMessageContaining("free and next");
        assertThatThrownBy(() -> file("generation: 5\n").configuration()).hasMessageContaining("generation is 5");
    }
}
