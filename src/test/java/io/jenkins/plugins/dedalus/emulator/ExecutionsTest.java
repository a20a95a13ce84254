package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExecutionsTest {
    private Emulator emulator;
    private Api api;
    private String machine;

    @BeforeEach
    void start() throws IOException {
        emulator = Emulator.start(EmulatorConfig.defaults());
        api = new Api(emulator);
        machine = api.machine();
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    private static ObjectNode command(String... argv) {
        ObjectNode body = Api.JSON.createObjectNode();
        List.of(argv).forEach(body.withArray("/command")::add);
        return body;
    }

    private List<JsonNode> events(String execution) {
        List<JsonNode> all = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            String path = "/v1/machines/" + machine + "/executions/" + execution + "/events?limit=2" + cursor;
            JsonNode page = api.get(path).body();
            page.get("items").forEach(all::add);
            boolean more = page.has("next_cursor") && !page.get("items").isEmpty();
            cursor = more ? "&cursor=" + page.get("next_cursor").asText() : null;
        }
        return all;
    }

    @Test
    void outputIsThereBeforeTheCommandEnds() throws IOException {
        String id = api.start(
                machine, "sh", "-c", "echo one; while [ ! -e go ]; do sleep 0.02; done; echo two >&2; exit 3");
        await().until(() ->
                events(id).stream().anyMatch(e -> e.path("chunk").asText().equals("one\n")));
        assertThat(api.execution(machine, id).get("status").asText()).isEqualTo("running");
        Files.createFile(emulator.machine(machine).home().resolve("go"));

        JsonNode end = api.awaitEnd(machine, id);
        assertThat(end.get("status").asText()).isEqualTo("failed");
        assertThat(end.get("exit_code").asInt()).isEqualTo(3);
        List<JsonNode> events = events(id);
        assertThat(events).extracting(e -> e.get("sequence").asInt()).containsExactly(1, 2, 3, 4, 5);
        assertThat(events)
                .extracting(e -> e.get("type").asText() + " " + e.path("status").asText()
                        + e.path("chunk").asText())
                .containsExactly(
                        "lifecycle queued", "lifecycle running", "stdout one\n", "stderr two\n", "lifecycle failed");
        JsonNode output = api.output(machine, id);
        assertThat(output.get("stdout").asText() + output.get("stderr").asText())
                .isEqualTo("one\ntwo\n");
    }

    @Test
    void aCommandGetsItsInputItsDirectoryAndItsEnvironment() throws IOException {
        Files.createDirectory(emulator.machine(machine).home().resolve("work"));
        String script = "echo \"$WHO in $(basename \"$PWD\")\"; basename \"$HOME\"; test -d \"$TMPDIR\" && wc -c\n"
                + "x".repeat(200_000);
        ObjectNode body = command("sh", "-s").put("cwd", "work").put("stdin", script);
        body.putObject("env").put("WHO", "world");
        String id = api.execute(machine, body);
        JsonNode end = api.awaitEnd(machine, id);
        assertThat(end.get("env_keys").toString()).isEqualTo("[\"WHO\"]");
        assertThat(api.output(machine, id).get("stdout").asText()).startsWith("world in work\nhome\n");
    }

    @Test
    void inputOfAMegabyteArrivesWhole() {
        ObjectNode body = command("wc", "-c").put("stdin", "é".repeat(500_000));
        String id = api.execute(machine, body);
        api.awaitEnd(machine, id);
        assertThat(api.output(machine, id).get("stdout").asText().trim()).isEqualTo("1000000");
    }

    @Test
    void anExecutionLastsUntilWhatHoldsItsOutputIsGone() throws IOException {
        String id = api.start(machine, "sh", "-c", "(while [ ! -e go ]; do sleep 0.02; done; echo late) & exit 0");
        await().during(Duration.ofMillis(400))
                .until(() -> api.execution(machine, id).get("status").asText().equals("running"));
        Files.createFile(emulator.machine(machine).home().resolve("go"));
        assertThat(api.awaitEnd(machine, id).get("status").asText()).isEqualTo("succeeded");
        assertThat(api.output(machine, id).get("stdout").asText()).isEqualTo("late\n");
    }

    @Test
    void aCommandThatRunsTooLongExpires() {
        String id = api.execute(machine, command("sleep", "1000").put("timeout_ms", 150));
        JsonNode end = api.awaitEnd(machine, id);
        assertThat(end.get("status").asText()).isEqualTo("expired");
        assertThat(end.get("error_code").asText()).isEqualTo("execution_timeout");
        await().until(() -> emulator.machine(machine).pids().isEmpty());
    }

    @Test
    void aCancelledCommandIsGoneWithItsChildrenButNotItsDaemons() {
        String id =
                api.start(machine, "sh", "-c", "setsid sleep 998 >/dev/null 2>&1 </dev/null & sleep 999 & sleep 999");
        await().until(() -> emulator.machine(machine).pids().size() >= 4);
        assertThat(api.delete("/v1/machines/" + machine + "/executions/" + id).status())
                .isEqualTo(200);
        assertThat(api.awaitEnd(machine, id).get("status").asText()).isEqualTo("cancelled");
        await().until(() -> emulator.machine(machine).pids().size() == 1);
    }

    @Test
    void aCancelRightAfterTheStartIsNotLost() {
        for (int i = 0; i < 5; i++) {
            String id = api.start(machine, "sleep", "1000");
            api.delete("/v1/machines/" + machine + "/executions/" + id);
            assertThat(api.awaitEnd(machine, id).get("status").asText()).isEqualTo("cancelled");
        }
        await().until(() -> emulator.machine(machine).pids().isEmpty());
    }

    @Test
    void anExecutionWakesAMachine() {
        api.post("/v1/machines/" + machine + "/sleep", null);
        String id = api.start(machine, "echo", "awake");
        assertThat(api.awaitEnd(machine, id).get("status").asText()).isEqualTo("succeeded");
        assertThat(events(id)).first().matches(e -> e.get("status").asText().equals("wake_in_progress"));
        assertThat(api.phase(machine)).isEqualTo("running");
    }

    @Test
    void aCommandThatDoesNotExistFailsLikeAShellSays() {
        JsonNode end = api.awaitEnd(machine, api.start(machine, "no-such-command"));
        assertThat(end.get("status").asText()).isEqualTo("failed");
        assertThat(end.get("exit_code").asInt()).isEqualTo(127);
    }

    @Test
    void aRunningCommandSleepsAndWakesWithItsMachine() throws IOException {
        String id = api.start(machine, "sh", "-c", "while [ ! -e go ]; do sleep 0.02; done; echo done");
        await().until(() -> !emulator.machine(machine).pids().isEmpty());
        api.post("/v1/machines/" + machine + "/sleep", null);
        Files.createFile(emulator.machine(machine).home().resolve("go"));
        await().during(Duration.ofMillis(300))
                .until(() -> api.execution(machine, id).get("status").asText().equals("running"));
        api.post("/v1/machines/" + machine + "/wake", null);
        assertThat(api.awaitEnd(machine, id).get("status").asText()).isEqualTo("succeeded");
    }

    @Test
    void executionsAreListedInPagesNewestFirst() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(0, api.start(machine, "true"));
        }
        String path = "/v1/machines/" + machine + "/executions?limit=2";
        JsonNode first = api.get(path).body();
        JsonNode second =
                api.get(path + "&cursor=" + first.get("next_cursor").asText()).body();
        List<String> listed = new ArrayList<>();
        first.get("items").forEach(e -> listed.add(e.get("execution_id").asText()));
        second.get("items").forEach(e -> listed.add(e.get("execution_id").asText()));
        assertThat(listed).isEqualTo(ids);
        assertThat(second.has("next_cursor")).isFalse();
        assertThat(Set.copyOf(listed)).hasSize(3);
    }
}
