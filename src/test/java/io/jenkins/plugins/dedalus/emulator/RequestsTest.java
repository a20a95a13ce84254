package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may call, what is refused and how, and what happens to a call that comes twice. */
class RequestsTest {
    private static final String ORGANIZATION = "6f7c1f0e-3f5e-4a51-9f7e-3f0b8a4d1c2e";

    private final TestClock clock = new TestClock();
    private Emulator emulator;
    private Api api;

    @BeforeEach
    void start() throws IOException {
        start(0);
    }

    private void start(int rateLimit) throws IOException {
        emulator = Emulator.start(EmulatorConfig.builder()
                .organizationId(ORGANIZATION)
                .rateLimit(rateLimit)
                .clock(clock)
                .build());
        api = new Api(emulator);
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    @Test
    void aCallNeedsTheKeyInEitherHeader() {
        assertThat(api.get("/v1/machines", "Authorization", "Basic x").code()).isEqualTo("AUTH_REQUIRED");
        assertThat(api.get("/v1/machines", "Authorization", "Bearer other").code())
                .isEqualTo("AUTH_INVALID");
        assertThat(api.get("/v1/machines", "Authorization", "Bearer other").status())
                .isEqualTo(401);
        assertThat(api.get("/v1/machines", "x-api-key", emulator.apiKey()).status())
                .isEqualTo(200);
        assertThat(api.get("/v1/machines", "x-api-key", "other").code()).isEqualTo("AUTH_INVALID");
    }

    @Test
    void aCallMayNameOnlyItsOwnOrganisation() {
        assertThat(api.get("/v1/machines", "X-Dedalus-Org-Id", ORGANIZATION).status())
                .isEqualTo(200);
        Api.Reply other =
                api.get("/v1/machines", "X-Dedalus-Org-Id", UUID.randomUUID().toString());
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.code()).isEqualTo("AUTH_ORG_MISMATCH");
        assertThat(api.get("/v1/machines", "X-Dedalus-Org-Id", "mine").status()).isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"vcpu\":\"1\",\"memory_mib\":512,\"storage_gib\":5}|body.vcpu|expected number",
                "{\"vcpu\":1,\"memory_mib\":512.5,\"storage_gib\":5}|body.memory_mib|expected integer",
                "{\"vcpu\":1,\"memory_mib\":null,\"storage_gib\":5}|body.memory_mib|expected integer",
                "{\"vcpu\":1,\"memory_mib\":512}|body|storage_gib",
                "{\"vcpu\":0,\"memory_mib\":512,\"storage_gib\":5}|body.vcpu|0.25",
                "{\"vcpu\":1,\"memory_mib\":512,\"storage_gib\":5,\"name\":\"x\"}|body.name|unexpected property",
                "{\"vcpu\":1,\"memory_mib\":512,\"storage_gib\":5,\"autosleep\":300}|body.autosleep|expected string",
                "{\"vcpu\":1,\"memory_mib\":512,\"storage_gib\":5,\"autosleep\":\"5 min\"}|body.autosleep|expected a duration",
                "{\"vcpu\":1,\"memory_mib\":512,\"storage_gib\":5,\"autosleep\":\"0s\"}|body.autosleep|expected a duration",
                "[]|body|expected object",
            })
    void aBodyThatIsNotAsTheContractSaysIsAProblem(String body, String location, String message) {
        Api.Reply reply = api.post("/v1/machines", body);
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.type()).isEqualTo("application/problem+json");
        assertThat(reply.body().get("title").asText()).isEqualTo("Unprocessable Entity");
        assertThat(reply.body().get("errors")).anySatisfy(error -> {
            assertThat(error.get("location").asText()).isEqualTo(location);
            assertThat(error.get("message").asText()).contains(message);
        });
        assertThat(api.get("/v1/machines").body().get("items").isNull()).isTrue();
    }

    @Test
    void allThatIsWrongIsToldAtOnce() {
        JsonNode errors = api.post("/v1/machines", "{\"vcpu\":true,\"nonsense\":1}")
                .body()
                .get("errors");
        assertThat(errors).hasSize(4);
    }

    @Test
    void whatIsNotJsonOrNotSaidToBeIsRefused() {
        assertThat(api.post("/v1/machines", "{\"vcpu\":1").status()).isEqualTo(400);
        assertThat(api.post("/v1/machines", "{\"vcpu\":1,\"vcpu\":2}").status()).isEqualTo(400);
        assertThat(api.post("/v1/machines", Api.shape("5m"), "Content-Type", "text/plain")
                        .status())
                .isEqualTo(415);
        assertThat(api.send("PUT", "/v1/machines", null).status()).isEqualTo(405);
        assertThat(api.get("/v1/nothing").type()).isEqualTo("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/machines/vm-1,422", "/v1/machines/dm-UPPER,422", "/v1/machines/dm-,422", "/v1/machines/dm-none,404",
        "/v1/machines?limit=0,422", "/v1/machines?limit=x,422", "/v1/machines?cursor=x,422",
                "/v1/machines?limit=101,422"
    })
    void badIdsLimitsAndCursorsAreRefused(String path, int status) {
        assertThat(api.get(path).status()).isEqualTo(status);
    }

    @Test
    void whatRunsAndWhatIsExposedIsCheckedToo() {
        String machine = "/v1/machines/" + api.machine();
        assertThat(api.post(machine + "/executions", "{\"command\":[]}").status())
                .isEqualTo(422);
        assertThat(api.post(machine + "/executions", "{\"command\":\"ls\"}").status())
                .isEqualTo(422);
        assertThat(api.post(machine + "/executions", "{\"command\":[\"ls\",1]}")
                        .body()
                        .at("/errors/0/location")
                        .asText())
                .isEqualTo("body.command[1]");
        assertThat(api.post(machine + "/executions", "{\"command\":[\"ls\"],\"env\":{\"A-B\":\"x\"}}")
                        .status())
                .isEqualTo(422);
        assertThat(api.post(machine + "/previews", "{\"port\":70000}").status()).isEqualTo(422);
        assertThat(api.post(machine + "/previews", "{\"port\":80,\"visibility\":\"secret\"}")
                        .status())
                .isEqualTo(422);
        assertThat(api.get(machine + "/executions/exec-none").code()).isEqualTo("EXECUTION_NOT_FOUND");
        assertThat(api.get(machine + "/previews/prev-none").code()).isEqualTo("PREVIEW_NOT_FOUND");
    }

    @Test
    void theSameKeyWithTheSameRequestGetsTheFirstAnswer() {
        String first = api.post("/v1/machines", Api.shape("5m"), "Idempotency-Key", "k1")
                .response()
                .body();
        clock.advance(Duration.ofSeconds(1));
        assertThat(api.post("/v1/machines", Api.shape("5m"), "Idempotency-Key", "k1")
                        .response()
                        .body())
                .isEqualTo(first);
        Api.Reply reused = api.post("/v1/machines", Api.shape("6m"), "Idempotency-Key", "k1");
        assertThat(reused.status()).isEqualTo(409);
        assertThat(reused.code()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(api.get("/v1/machines").body().get("items")).hasSize(1);
        assertThat(api.post("/v1/machines", Api.shape("5m"), "Idempotency-Key", "x".repeat(256))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void aKeyInFlightIsToldToComeBack() {
        String id = api.machine();
        String wake = "/v1/machines/" + id + "/wake";
        api.post("/v1/machines/" + id + "/sleep", null);
        emulator.faults().add(Fault.of(Fault.Kind.WAKE_HELD));
        CompletableFuture<Api.Reply> first =
                CompletableFuture.supplyAsync(() -> new Api(emulator).post(wake, null, "Idempotency-Key", "w"));
        await().until(() -> api.phase(id).equals("starting"));
        Api.Reply second = api.post(wake, null, "Idempotency-Key", "w");
        assertThat(second.status()).isEqualTo(429);
        assertThat(second.body().get("retry_after_ms").asInt()).isPositive();
        emulator.faults().clear();
        assertThat(first.join().status()).isEqualTo(200);
        assertThat(api.post(wake, null, "Idempotency-Key", "w").status()).isEqualTo(200);
    }

    @Test
    void aRefusalIsNotKeptUnderItsKey() {
        assertThat(api.post("/v1/machines/dm-none/wake", null, "Idempotency-Key", "r")
                        .status())
                .isEqualTo(404);
        emulator.faults().add(Fault.api(1, "POST", "/v1/machines", 503, "DEPENDENCY_UNAVAILABLE", 0));
        assertThat(api.post("/v1/machines", Api.shape("5m"), "Idempotency-Key", "r2")
                        .status())
                .isEqualTo(503);
        assertThat(api.post("/v1/machines", Api.shape("5m"), "Idempotency-Key", "r2")
                        .status())
                .isEqualTo(202);
    }

    @Test
    void tooManyCallsAreRateLimitedUntilTimePasses() throws IOException {
        // Only here: while the clock stands, whoever polls for long has no call left.
        stop();
        start(50);
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 51; i++) {
            statuses.add(api.get("/v1/usage").status());
        }
        assertThat(statuses.subList(0, 50)).containsOnly(200);
        Api.Reply limited = api.get("/v1/usage");
        assertThat(limited.status()).isEqualTo(429);
        assertThat(limited.code()).isEqualTo("RATE_LIMITED");
        assertThat(limited.body().at("/details/rate_limit_scope").asText()).isEqualTo("organization");
        assertThat(limited.response().headers().firstValue("Retry-After")).hasValue("1");
        clock.advance(Duration.ofMillis(limited.body().get("retry_after_ms").asLong()));
        assertThat(api.get("/v1/usage").status()).isEqualTo(200);
    }

    @Test
    void whatADestroyedMachineIsAskedIsAnInvalidState() {
        String id = api.machine();
        api.delete("/v1/machines/" + id);
        api.awaitPhase(id, "destroyed");
        assertThat(api.delete("/v1/machines/" + id).status()).isEqualTo(200);
        Api.Reply wake = api.post("/v1/machines/" + id + "/wake", null);
        assertThat(wake.status()).isEqualTo(409);
        assertThat(wake.code()).isEqualTo("INVALID_STATE");
        assertThat(api.post("/v1/machines/" + id + "/executions", "{\"command\":[\"ls\"]}")
                        .status())
                .isEqualTo(409);
    }
}
