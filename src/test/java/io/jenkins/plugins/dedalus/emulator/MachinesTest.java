package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachinesTest {
    @Test
    void aMachineWakesOnceHoweverManyAskAndAnswersWhenItRuns() throws IOException {
        try (Emulator emulator = Emulator.start(
                EmulatorConfig.builder().wakeDelay(Duration.ofMillis(150)).build())) {
            Api api = new Api(emulator);
            String id = api.machine();
            String wake = "/v1/machines/" + id + "/wake";
            assertThat(api.post("/v1/machines/" + id + "/sleep", null)
                            .body()
                            .at("/status/phase")
                            .asText())
                    .isEqualTo("sleeping");
            List<Thread> callers = new ArrayList<>();
            List<String> phases = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 8; i++) {
                Thread caller = new Thread(() -> phases.add(new Api(emulator)
                        .post(wake, null)
                        .body()
                        .at("/status/phase")
                        .asText()));
                callers.add(caller);
                caller.start();
            }
            await().until(() -> callers.stream().noneMatch(Thread::isAlive));
            assertThat(phases).hasSize(8).containsOnly("running");
            assertThat(emulator.machine(id).wakes()).isEqualTo(1);
            assertThat(emulator.calls().count("POST", "/v1/machines/{id}/wake")).isEqualTo(8);
        }
    }

    @Test
    void aWakeThatTakesLongIsAnswered202Starting() throws IOException {
        try (Emulator emulator = Emulator.start(
                EmulatorConfig.builder().wakeAnswerWithin(Duration.ofMillis(50)).build())) {
            Api api = new Api(emulator);
            String id = api.machine();
            api.post("/v1/machines/" + id + "/sleep", null);
            emulator.faults().add(Fault.of(Fault.Kind.WAKE_HELD));
            Api.Reply reply = api.post("/v1/machines/" + id + "/wake", null);
            assertThat(reply.status()).isEqualTo(202);
            assertThat(reply.body().at("/status/phase").asText()).isEqualTo("starting");
            emulator.faults().clear();
            api.awaitPhase(id, "running");
        }
    }

    @Test
    void aMachineThatStopsSlowlyIsAnsweredStoppingAndWakesAfterwards() throws IOException {
        try (Emulator emulator = Emulator.start(
                EmulatorConfig.builder().sleepDelay(Duration.ofMillis(300)).build())) {
            Api api = new Api(emulator);
            String id = api.machine();
            Api.Reply reply = api.post("/v1/machines/" + id + "/sleep", null);
            assertThat(reply.status()).isEqualTo(202);
            assertThat(reply.body().at("/status/phase").asText()).isEqualTo("stopping");
            api.awaitPhase(id, "sleeping");
            api.post("/v1/machines/" + id + "/wake", null);

            emulator.faults().add(Fault.delaying(Fault.Kind.SLEEP_SLOW, 1, 300));
            api.post("/v1/machines/" + id + "/sleep", null);
            reply = api.post("/v1/machines/" + id + "/wake", null);
            assertThat(reply.body().at("/status/phase").asText()).isEqualTo("running");
            assertThat(emulator.machine(id).wakes()).isEqualTo(2);
        }
    }

    @Test
    void anIdleMachineGoesToSleepAndActivityPutsItOff() throws IOException {
        TestClock clock = new TestClock();
        try (Emulator emulator =
                Emulator.start(EmulatorConfig.builder().clock(clock).build())) {
            Api api = new Api(emulator);
            String id = api.machine("30s");
            String url = api.app(id, 3000);
            clock.advance(Duration.ofSeconds(20));
            api.fetch(url + "/count");
            clock.advance(Duration.ofSeconds(20));
            api.run(id, "true");
            clock.advance(Duration.ofSeconds(20));
            await().during(Duration.ofMillis(250)).until(() -> api.phase(id).equals("running"));
            clock.advance(Duration.ofSeconds(11));
            api.awaitPhase(id, "sleeping");
            assertThat(api.fetch(url + "/count").statusCode()).isEqualTo(503);
            assertThat(api.phase(id)).isEqualTo("sleeping");
        }
    }

    @Test
    void aRunningCommandAndAViewerWhoWaitsKeepAMachineAwake() throws Exception {
        TestClock clock = new TestClock();
        try (Emulator emulator =
                Emulator.start(EmulatorConfig.builder().clock(clock).build())) {
            Api api = new Api(emulator);
            String id = api.machine("30s");
            String url = api.app(id, 3000);
            Thread viewer = new Thread(() -> api.fetch(url + "/slow"));
            viewer.start();
            await().until(() -> Files.exists(emulator.machine(id).home().resolve("arrived")));
            String command = api.start(id, "sleep", "1000");
            clock.advance(Duration.ofMinutes(5));
            await().during(Duration.ofMillis(250)).until(() -> api.phase(id).equals("running"));
            api.delete("/v1/machines/" + id + "/executions/" + command);
            api.awaitEnd(id, command);
            clock.advance(Duration.ofMinutes(5));
            await().during(Duration.ofMillis(250)).until(() -> api.phase(id).equals("running"));
            api.run(id, "touch gate");
            viewer.join();
            clock.advance(Duration.ofMinutes(5));
            api.awaitPhase(id, "sleeping");
        }
    }

    @Test
    void aMachineJustWokenCannotSleep() throws IOException {
        TestClock clock = new TestClock();
        try (Emulator emulator = Emulator.start(EmulatorConfig.builder()
                .clock(clock)
                .holdWindow(Duration.ofMinutes(5))
                .build())) {
            Api api = new Api(emulator);
            String id = api.machine();
            String sleep = "/v1/machines/" + id + "/sleep";
            assertThat(api.post(sleep, null).status()).isEqualTo(200);
            api.post("/v1/machines/" + id + "/wake", null);
            clock.advance(Duration.ofMinutes(1));
            Api.Reply held = api.post(sleep, null);
            assertThat(held.status()).isEqualTo(409);
            assertThat(held.code()).isEqualTo("SLEEP_HOLD_WINDOW_ACTIVE");
            assertThat(held.body().at("/details/remaining_ms").asLong()).isEqualTo(240_000);
            assertThat(held.body().at("/details/next_sleep_eligible_at").asText())
                    .isEqualTo("2026-11-10T10:05:00Z");
            clock.advance(Duration.ofMinutes(4));
            assertThat(api.post(sleep, null).status()).isEqualTo(200);
        }
    }

    @Test
    void thePlanCapsMachinesUntilOneIsDeleted() throws IOException {
        try (Emulator emulator =
                Emulator.start(EmulatorConfig.builder().machineQuota(1).build())) {
            Api api = new Api(emulator);
            String id = api.machine();
            Api.Reply refused = api.post("/v1/machines", Api.shape("never"));
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.code()).isEqualTo("QUOTA_EXCEEDED");
            api.delete("/v1/machines/" + id);
            api.awaitPhase(id, "destroyed");
            assertThat(api.machine()).isNotEqualTo(id);
        }
    }

    @Test
    void machinesAreListedInPagesAndDestroyedOnesAreNot() throws IOException {
        try (Emulator emulator = Emulator.start(EmulatorConfig.defaults())) {
            Api api = new Api(emulator);
            assertThat(api.get("/v1/machines").body().get("items").isNull()).isTrue();
            List<String> ids = List.of(api.machine(), api.machine(), api.machine());
            JsonNode first = api.get("/v1/machines?limit=2").body();
            JsonNode second = api.get("/v1/machines?limit=2&cursor="
                            + first.get("next_cursor").asText())
                    .body();
            List<String> listed = new ArrayList<>();
            first.get("items")
                    .forEach(machine -> listed.add(machine.get("machine_id").asText()));
            second.get("items")
                    .forEach(machine -> listed.add(machine.get("machine_id").asText()));
            assertThat(listed).isEqualTo(ids);
            assertThat(first.at("/items/0/created_at").asText()).isNotEmpty();
            assertThat(second.has("next_cursor")).isFalse();
            api.delete("/v1/machines/" + ids.get(1));
            api.awaitPhase(ids.get(1), "destroyed");
            assertThat(api.get("/v1/machines").body().get("items")).hasSize(2);
        }
    }

    @Test
    void storageOnlyGrows() throws IOException {
        try (Emulator emulator = Emulator.start(EmulatorConfig.defaults())) {
            Api api = new Api(emulator);
            String path = "/v1/machines/" + api.machine();
            JsonNode grown = api.patch(path, "{\"storage_gib\":8,\"autosleep\":\"1w3d\"}")
                    .body();
            assertThat(grown.get("storage_gib").asInt()).isEqualTo(8);
            assertThat(grown.get("autosleep_seconds").asInt()).isEqualTo(864_000);
            Api.Reply refused = api.patch(path, "{\"storage_gib\":7}");
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.body().at("/errors/0/location").asText()).isEqualTo("body.storage_gib");
        }
    }

    @Test
    void generation1WantsThePresentRevision() throws IOException {
        try (Emulator emulator =
                Emulator.start(EmulatorConfig.builder().generation(1).build())) {
            Api api = new Api(emulator);
            String id = api.machine();
            String sleep = "/v1/machines/" + id + "/sleep";
            Api.Reply missing = api.post(sleep, null);
            assertThat(missing.status()).isEqualTo(422);
            assertThat(missing.body().at("/errors/0/location").asText()).isEqualTo("header.If-Match");
            Api.Reply stale = api.post(sleep, null, "If-Match", "1");
            assertThat(stale.status()).isEqualTo(409);
            assertThat(stale.code()).isEqualTo("REVISION_MISMATCH");
            assertThat(stale.body().get("retryable").asBoolean()).isTrue();
            String revision = stale.body().at("/details/expected_revision").asText();
            assertThat(api.post(sleep, null, "If-Match", revision).status()).isEqualTo(200);
        }
    }

    @Test
    void generation3HasPortsAndATopLevelPhase() throws IOException {
        try (Emulator emulator =
                Emulator.start(EmulatorConfig.builder().generation(3).build())) {
            Api api = new Api(emulator);
            JsonNode created = api.post("/v1/machines", Api.shape("never")).body();
            assertThat(created.has("status")).isFalse();
            assertThat(created.get("phase").asText()).isEqualTo("placement_pending");
            String path = "/v1/machines/" + created.get("machine_id").asText();
            api.awaitPhase(created.get("machine_id").asText(), "running");
            assertThat(api.get("/v1/machines").body().at("/items/0/phase").asText())
                    .isEqualTo("running");
            assertThat(api.post(path + "/sleep", null).body().get("phase").asText())
                    .isEqualTo("sleeping");
            assertThat(api.post(path + "/wake", null).body().get("phase").asText())
                    .isEqualTo("running");
            assertThat(api.post(path + "/previews", "{\"port\":3000}").status()).isEqualTo(404);
            JsonNode port = api.post(path + "/ports", "{\"port\":3000}").body();
            assertThat(port.has("port_id")).isTrue();
            assertThat(port.has("visibility")).isFalse();
            assertThat(api.post(path + "/ports", "{\"port\":3000,\"visibility\":\"public\"}")
                            .status())
                    .isEqualTo(422);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theStatusStreamEndsWhereTheMachineShouldBeAndIsResumed(int generation) throws IOException {
        try (Emulator emulator =
                Emulator.start(EmulatorConfig.builder().generation(generation).build())) {
            Api api = new Api(emulator);
            String id = api.post("/v1/machines", Api.shape("never")).id("machine_id");
            String path = "/v1/machines/" + id + "/status/stream";
            Api.Reply stream = api.get(path);
            assertThat(stream.type()).isEqualTo("text/event-stream");
            assertThat(stream.response().body())
                    .endsWith("\n\n")
                    .contains("event: status")
                    .contains("\"running\"");
            Api.Reply resumed = api.get(path, "Last-Event-ID", "1");
            List<String> events = resumed.response()
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("id: "))
                    .toList();
            assertThat(events).containsExactly("id: 2", "id: 3");
            assertThat(api.get(path, "Last-Event-ID", "3").response().body()).isEmpty();
        }
    }

    @Test
    void usageCountsAwakeTimeOnly() throws IOException {
        TestClock clock = new TestClock();
        try (Emulator emulator =
                Emulator.start(EmulatorConfig.builder().clock(clock).build())) {
            Api api = new Api(emulator);
            String id = api.machine();
            clock.advance(Duration.ofMinutes(30));
            api.post("/v1/machines/" + id + "/sleep", null);
            clock.advance(Duration.ofMinutes(60));
            api.post("/v1/machines/" + id + "/wake", null);
            clock.advance(Duration.ofMinutes(10));
            JsonNode summary = api.get("/v1/usage").body();
            assertThat(summary.get("billed_awake_seconds").asInt()).isEqualTo(2400);
            assertThat(summary.get("billed_memory_mib_seconds").asLong()).isEqualTo(2400L * 512);
            assertThat(summary.get("provisioned_storage_gib").asInt()).isEqualTo(5);
            JsonNode hours = api.get(
                            "/v1/usage/machines/compute?machine_id=" + id + "&granularity=hour&period_start=2026-11-10")
                    .body();
            assertThat(hours.get("rows"))
                    .extracting(row -> row.get("awake_seconds").asInt())
                    .containsExactly(1800, 600);
            JsonNode days =
                    api.get("/v1/usage/machines/compute?granularity=day").body();
            assertThat(days.at("/rows/0/cpu_millicore_seconds").asLong()).isEqualTo(2_400_000);
            JsonNode storage = api.get("/v1/usage/machines/storage").body();
            assertThat(storage.at("/rows/0/storage_mib_seconds").asLong()).isEqualTo(6000L * 5 * 1024);
            assertThat(api.get("/v1/usage/machines/compute?granularity=minute").status())
                    .isEqualTo(422);
        }
    }
}
