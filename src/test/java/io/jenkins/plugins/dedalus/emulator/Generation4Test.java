package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sets generation 4 apart, as its SDKs read it. */
class Generation4Test {
    private static final String UUID_7 = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

    private Emulator emulator;
    private Api api;

    @BeforeEach
    void start() throws IOException {
        emulator = Emulator.start(EmulatorConfig.builder()
                .generation(4)
                .organizationId("6f7c1f0e-3f5e-4a51-9f7e-3f0b8a4d1c2e")
                .build());
        api = new Api(emulator).keyed();
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    @Test
    void anEmptyCreateTakesTheDefaultsAndTheIdIsABareUuid() {
        JsonNode made = api.post("/v1/machines", "{}").body();
        assertThat(made.get("machine_id").asText()).matches(UUID_7);
        assertThat(made.get("vcpu").asDouble()).isEqualTo(1);
        assertThat(made.get("memory_mib").asInt()).isEqualTo(4096);
        assertThat(made.get("storage_gib").asInt()).isEqualTo(10);
        assertThat(made.get("autosleep_seconds").asInt()).isEqualTo(300);
    }

    @Test
    void onlyAReadGivesTheStatus() {
        JsonNode made = api.post("/v1/machines", "{}").body();
        String id = made.get("machine_id").asText();
        assertThat(made.has("status")).isFalse();
        assertThat(made.get("phase").asText()).isEqualTo("placement_pending");
        api.awaitPhase(id, "running");
        String path = "/v1/machines/" + id;
        JsonNode read = api.get(path).body();
        assertThat(read.has("phase")).isFalse();
        assertThat(read.at("/status/memory_configured_mib").asInt()).isEqualTo(4096);
        assertThat(read.at("/status/memory_resize_state").asText()).isEqualTo("stable");
        assertThat(api.patch(path, "{\"autosleep\":\"never\"}")
                        .body()
                        .get("phase")
                        .asText())
                .isEqualTo("running");
        assertThat(api.get("/v1/machines").body().at("/items/0/phase").asText()).isEqualTo("running");
        emulator.faults().add(Fault.of(Fault.Kind.RESIZE_PENDING));
        api.patch(path, "{\"memory_mib\":8192}");
        assertThat(api.get(path).body().at("/status/memory_resize_state").asText())
                .isEqualTo("pending_capacity");
        assertThat(api.delete(path).body().has("status")).isFalse();
    }

    @Test
    void aPathTakesTheIdWithAndWithoutItsOldPrefix() {
        String id = api.machine();
        assertThat(api.get("/v1/machines/dm-" + id).body().get("machine_id").asText())
                .isEqualTo(id);
        assertThat(api.get("/v1/machines/dm-81d5nbxyb55t15q98vwg").status()).isEqualTo(422);
    }

    @Test
    void everyChangeWantsAKey() {
        String id = api.machine();
        Api bare = new Api(emulator);
        for (Api.Reply reply : new Api.Reply[] {
            bare.post("/v1/machines", "{}"),
            bare.patch("/v1/machines/" + id, "{\"vcpu\":2}"),
            bare.post("/v1/machines/" + id + "/sleep", null),
            bare.delete("/v1/machines/" + id)
        }) {
            assertThat(reply.status()).isEqualTo(422);
            assertThat(reply.body().at("/errors/0/location").asText()).isEqualTo("header.Idempotency-Key");
        }
        assertThat(api.get("/v1/machines").body().get("items")).hasSize(1);
        assertThat(api.phase(id)).isEqualTo("running");
    }

    /** No API error code: that is how a missing route differs from a missing machine. */
    @ParameterizedTest
    @ValueSource(strings = {"previews", "ports", "status/stream", "terminals", "artifacts", "network"})
    void whatThisGenerationLacksIsNoRoute(String resource) {
        Api.Reply reply = api.get("/v1/machines/" + api.machine() + "/" + resource);
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.body().has("error_code")).isFalse();
        assertThat(api.get("/v1/usage").status()).isEqualTo(404);
    }

    @Test
    void noCallNamesAnOrganisation() {
        assertThat(api.get("/v1/machines", "X-Dedalus-Org-Id", "another").status())
                .isEqualTo(200);
    }

    @Test
    void aRebootKeepsFilesAndLosesProcesses() {
        String id = api.machine();
        api.run(id, "echo kept > file; (setsid sleep 1000 >/dev/null 2>&1 </dev/null &)");
        var before = emulator.machine(id).pids();
        assertThat(before).isNotEmpty();
        String key = "one-reboot-0001";
        String path = "/v1/machines/" + id + "/reboot";
        assertThat(api.post(path, null, "Idempotency-Key", key)
                        .body()
                        .get("phase")
                        .asText())
                .isEqualTo("running");
        var after = emulator.machine(id).pids();
        assertThat(after).doesNotContainAnyElementsOf(before);
        assertThat(api.run(id, "cat file")).isEqualTo("kept\n");
        api.post("/v1/machines/" + id + "/sleep", null);
        assertThat(api.post(path, null).code()).isEqualTo("INVALID_STATE");
        assertThat(api.post(path + "?force=maybe", null).status()).isEqualTo(422);
    }

    @Test
    void outputThatIsLostIsCounted() {
        String id = api.machine();
        emulator.faults().add(Fault.outputLost(1, 5));
        String execution = api.start(id, "/bin/sh", "-c", "echo lost; echo kept");
        JsonNode end = api.awaitEnd(id, execution);
        assertThat(end.at("/log_capture/state").asText()).isEqualTo("incomplete");
        assertThat(end.at("/log_capture/lost_bytes").asText()).isEqualTo("5");
        assertThat(end.has("expires_at")).isTrue();
        assertThat(api.output(id, execution).get("stdout").asText()).isEqualTo("kept\n");
        String path = "/v1/machines/" + id + "/executions/" + execution + "/logs";
        assertThat(api.get(path).body().at("/capture/lost_bytes").asText()).isEqualTo("5");
        JsonNode whole = api.awaitEnd(id, api.start(id, "true"));
        assertThat(whole.get("log_capture")).isEmpty();
    }

    @Test
    void whatTheEmulatorHasNotIsAClearNo() {
        Api.Reply reply = api.post("/v1/machines/" + api.machine() + "/ssh", "{\"public_key\":\"k\"}");
        assertThat(reply.status()).isEqualTo(501);
        assertThat(reply.body().get("message").asText()).contains("no SSH sessions", "executions");
        assertThat(reply.body().get("retryable").asBoolean()).isFalse();
    }

    @Test
    void capacityAndStorageMayBeMissing() {
        Api.Reply reply = api.post("/v1/machines", "{\"memory_mib\":262144}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().get("detail").asText()).isEqualTo("memory_mib exceeds capacity");
        emulator.faults().add(Fault.of(Fault.Kind.STORAGE_FAILS));
        String id = api.post("/v1/machines", "{}").id("machine_id");
        api.awaitPhase(id, "failed");
        assertThat(api.get("/v1/machines/" + id).body().at("/status/reason").asText())
                .isEqualTo("StorageProvisioningFailed");
    }
}
