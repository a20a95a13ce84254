package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The emulator as a process: stopped, killed and started again. */
class RestartTest {
    private static final String KEY = "dsk-restart";

    @TempDir
    private Path state;

    private Process emulator;

    private Api start(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "io.jenkins.plugins.dedalus.emulator.cli.EmulatorMain",
                "--port",
                "0",
                "--api-key",
                KEY));
        command.addAll(List.of(more));
        emulator = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(emulator.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.contains("http://127.0.0.1:")) {
            line = out.readLine();
        }
        assertThat(line).as("the emulator's first words").isNotNull();
        return new Api(line.substring(line.indexOf("http://")).trim(), KEY);
    }

    @AfterEach
    void stop() throws InterruptedException {
        emulator.destroy();
        if (!emulator.waitFor(60, TimeUnit.SECONDS)) {
            emulator.destroyForcibly().waitFor();
        }
    }

    private static Set<Long> pids(Api api) {
        Set<Long> pids = new HashSet<>();
        api.get("/_emulator/machines").body().get("items").forEach(machine -> machine.get("pids")
                .forEach(pid -> pids.add(pid.asLong())));
        return pids;
    }

    private static boolean alive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "off"})
    void aKilledEmulatorFindsItsMachinesAndTheirProcessesAgain(String namespaces) throws Exception {
        String[] flags = {"--state", state.toString(), "--namespaces", namespaces};
        Api api = start(flags);
        String awake = api.post("/v1/machines", Api.shape("never"), "Idempotency-Key", "k")
                .id("machine_id");
        api.awaitPhase(awake, "running");
        String url = api.app(awake, 3000);
        assertThat(api.fetch(url + "/count").body()).isEqualTo("1");
        String asleep = api.machine();
        String other = api.app(asleep, 3000);
        assertThat(api.fetch(other + "/count").body()).isEqualTo("1");
        api.post("/v1/machines/" + asleep + "/sleep", null);
        String interrupted = api.start(awake, "sleep", "1000");
        await().until(() ->
                api.execution(awake, interrupted).get("status").asText().equals("running"));
        Set<Long> pids = pids(api);
        emulator.destroyForcibly().waitFor();
        assertThat(pids).isNotEmpty().allMatch(RestartTest::alive);

        Api again = start(flags);
        assertThat(again.phase(awake)).isEqualTo("running");
        assertThat(again.fetch(url + "/count").body()).isEqualTo("2");
        assertThat(again.fetch(other + "/count").statusCode()).isEqualTo(503);
        again.post("/v1/machines/" + asleep + "/wake", null);
        assertThat(again.fetch(other + "/count").body()).isEqualTo("2");
        assertThat(again.execution(awake, interrupted).get("error_code").asText())
                .isEqualTo("execution_runner_interrupted");
        assertThat(again.post("/v1/machines", Api.shape("never"), "Idempotency-Key", "k")
                        .id("machine_id"))
                .isEqualTo(awake);
        assertThat(again.post("/v1/machines", Api.shape("5m"), "Idempotency-Key", "k")
                        .code())
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");

        emulator.destroy();
        assertThat(emulator.waitFor(60, TimeUnit.SECONDS)).isTrue();
        await().until(() -> pids.stream().noneMatch(RestartTest::alive));

        Api last = start(flags);
        assertThat(last.phase(awake)).isEqualTo("sleeping");
        assertThat(last.post("/v1/machines/" + awake + "/wake", null).status()).isEqualTo(200);
        assertThat(last.run(awake, "ls")).contains("app.log");
        last.delete("/v1/machines/" + awake);
        last.awaitPhase(awake, "destroyed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "off"})
    void withoutAStateDirectoryNothingSurvivesEvenKillNine(String namespaces) throws Exception {
        Api api = start("--namespaces", namespaces);
        String id = api.machine();
        api.app(id, 3000);
        String asleep = api.machine();
        api.app(asleep, 3000);
        String left = api.start(asleep, "sh", "-c", "setsid sleep 1000 & sleep 1000");
        await().until(() -> api.execution(asleep, left).get("status").asText().equals("running"));
        api.post("/v1/machines/" + asleep + "/sleep", null);
        api.awaitPhase(asleep, "sleeping");
        Set<Long> pids = pids(api);
        Path files = Path.of(api.get("/_emulator").body().get("state").asText());
        assertThat(pids).isNotEmpty();
        assertThat(files).isDirectory();

        emulator.destroyForcibly().waitFor();

        await().untilAsserted(() ->
                assertThat(pids.stream().filter(RestartTest::alive)).isEmpty());
        await().untilAsserted(() -> assertThat(files).doesNotExist());
        Path mounts = Path.of("/proc/self/mountinfo");
        assertThat(Files.exists(mounts) ? Files.readString(mounts) : "")
                .as("what machines have for themselves never shows outside")
                .doesNotContain(files.toString());
    }

    @Test
    void aStateDirectoryHasOneEmulator() throws IOException {
        start("--state", state.toString());
        EmulatorConfig same = EmulatorConfig.builder().state(state).build();
        assertThatThrownBy(() -> Emulator.start(same))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Another emulator uses");
    }
}
