package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that users met in the field, ordered. */
class FaultsTest {
    private final TestClock clock = new TestClock();
    private Emulator emulator;
    private Api api;

    @BeforeEach
    void start() throws IOException {
        emulator = Emulator.start(EmulatorConfig.builder().clock(clock).build());
        api = new Api(emulator);
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    private String asleep() {
        String id = api.machine();
        api.post("/v1/machines/" + id + "/sleep", null);
        return id;
    }

    @ParameterizedTest
    @ValueSource(strings = {"machine_not_found", "machine_not_routable", "execution_runner_prepare_failed"})
    void anExecutionFailsAtOnceAndTheNextWorks(String code) {
        String id = api.machine();
        emulator.faults().add(Fault.executionFails(code).withMachine(id));
        JsonNode failed = api.awaitEnd(id, api.start(id, "true"));
        assertThat(failed.get("status").asText()).isEqualTo("failed");
        assertThat(failed.get("error_code").asText()).isEqualTo(code);
        assertThat(failed.has("exit_code")).isFalse();
        assertThat(api.awaitEnd(id, api.start(id, "true")).get("status").asText())
                .isEqualTo("succeeded");
    }

    @Test
    void anExecutionIsInterruptedInItsMidst() {
        String id = api.machine();
        emulator.faults()
                .add(Fault.executionFails("execution_runner_interrupted").withDelay(Duration.ofMillis(150)));
        String execution = api.start(id, "sh", "-c", "echo begun; sleep 1000");
        JsonNode failed = api.awaitEnd(id, execution);
        assertThat(failed.get("error_code").asText()).isEqualTo("execution_runner_interrupted");
        assertThat(failed.has("started_at")).isTrue();
        await().until(() -> emulator.machine(id).pids().isEmpty());
    }

    @Test
    void theFirstExecutionsAreRefusedFor503() {
        String id = api.machine();
        String path = "/v1/machines/" + id + "/executions";
        emulator.faults().add(Fault.api(2, "POST", "/v1/machines/{id}/executions", 503, null, 250));
        for (int i = 0; i < 2; i++) {
            Api.Reply refused = api.post(path, "{\"command\":[\"true\"]}");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.code()).isEqualTo("DEPENDENCY_UNAVAILABLE");
            assertThat(refused.body().get("retry_after_ms").asInt()).isEqualTo(250);
        }
        assertThat(api.post(path, "{\"command\":[\"true\"]}").status()).isEqualTo(202);
    }

    @Test
    void aWakeIsSlow() {
        String id = asleep();
        emulator.faults().add(Fault.delaying(Fault.Kind.WAKE_SLOW, 1, 400));
        long start = System.nanoTime();
        assertThat(api.post("/v1/machines/" + id + "/wake", null)
                        .body()
                        .at("/status/phase")
                        .asText())
                .isEqualTo("running");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(400));
    }

    @Test
    void aWakeFailsForGood() {
        String id = asleep();
        emulator.faults().add(Fault.of(Fault.Kind.WAKE_FAILS));
        JsonNode woken = api.post("/v1/machines/" + id + "/wake", null).body();
        assertThat(woken.at("/status/phase").asText()).isEqualTo("failed");
        assertThat(woken.at("/status/reason").asText()).isEqualTo("RuntimeWakeFailed");
        assertThat(woken.at("/status/last_error").asText()).isNotEmpty();
        assertThat(api.post("/v1/machines/" + id + "/executions", "{\"command\":[\"ls\"]}")
                        .status())
                .isEqualTo(409);
        api.delete("/v1/machines/" + id);
        api.awaitPhase(id, "destroyed");
    }

    @Test
    void aWakeThatHangsChangesNothingAndTheNextWorks() {
        String id = asleep();
        emulator.faults().add(Fault.of(Fault.Kind.WAKE_HANGS));
        CompletableFuture<Api.Reply> hung =
                CompletableFuture.supplyAsync(() -> new Api(emulator).post("/v1/machines/" + id + "/wake", null));
        await().until(() -> emulator.calls().count("POST", "/v1/machines/{id}/wake") == 1);
        assertThat(api.phase(id)).isEqualTo("sleeping");
        assertThat(api.post("/v1/machines/" + id + "/wake", null).status()).isEqualTo(200);
        assertThat(hung).isNotDone();
        emulator.faults().clear();
        assertThatThrownBy(hung::join).hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void aWakeIsRefusedAndThenWorks() {
        String id = asleep();
        String wake = "/v1/machines/{id}/wake";
        emulator.faults().add(Fault.api(1, "POST", wake, 429, "RATE_LIMITED", 300));
        emulator.faults().add(Fault.api(1, "POST", wake, 409, "INVALID_STATE", 0));
        String path = "/v1/machines/" + id + "/wake";
        assertThat(api.post(path, null).response().headers().firstValue("retry-after-ms"))
                .hasValue("300");
        assertThat(api.post(path, null).status()).isEqualTo(409);
        assertThat(api.post(path, null).status()).isEqualTo(200);
    }

    @Test
    void aPlacementIsStuckUntilItIsDisarmed() {
        emulator.faults().add(Fault.of(Fault.Kind.PLACEMENT_STUCK));
        String id = api.post("/v1/machines", Api.shape("never")).id("machine_id");
        await().during(Duration.ofMillis(200)).until(() -> api.phase(id).equals("placement_pending"));
        JsonNode status = api.get("/v1/machines/" + id).body().get("status");
        assertThat(status.get("reason").asText()).isEqualTo("NoReadyHosts");
        assertThat(status.get("retryable").asBoolean()).isTrue();
        emulator.faults().clear();
        api.awaitPhase(id, "running");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeleteAnswered500SaysNothing(boolean done) {
        String id = api.machine();
        Fault fault = Fault.apiError("DELETE", "/v1/machines/{id}", 500, "INTERNAL_ERROR");
        emulator.faults().add(done ? fault.withWorkDone() : fault);
        assertThat(api.delete("/v1/machines/" + id).status()).isEqualTo(500);
        if (done) {
            api.awaitPhase(id, "destroyed");
        } else {
            assertThat(api.phase(id)).isEqualTo("running");
        }
    }

    @Test
    void aLostAnswerHasDoneItsWorkAndItsKeyFindsIt() {
        emulator.faults().add(Fault.lostAnswer("POST", "/v1/machines"));
        assertThatThrownBy(() -> api.post("/v1/machines", Api.shape("never"), "Idempotency-Key", "lost"))
                .isInstanceOf(UncheckedIOException.class);
        await().until(() -> emulator.machines().size() == 1);
        String id = api.post("/v1/machines", Api.shape("never"), "Idempotency-Key", "lost")
                .id("machine_id");
        assertThat(emulator.machines()).hasSize(1).first().matches(machine -> machine.id()
                .equals(id));
    }

    @Test
    void theGatewayIsLateAfterAWake() {
        String id = api.machine();
        String url = api.app(id, 3000);
        emulator.faults().add(Fault.gatewayAfterWake(504, Duration.ofSeconds(5)));
        api.post("/v1/machines/" + id + "/sleep", null);
        api.post("/v1/machines/" + id + "/wake", null);
        assertThat(api.fetch(url + "/count").statusCode()).isEqualTo(504);
        assertThat(api.fetch(url + "/count").statusCode()).isEqualTo(504);
        clock.advance(Duration.ofSeconds(5));
        assertThat(api.fetch(url + "/count").statusCode()).isEqualTo(200);
    }

    @Test
    void theNetworkIsSlowInBothDirections() {
        String url = api.app(api.machine(), 3000);
        emulator.faults()
                .add(Fault.of(Fault.Kind.PREVIEW_DELAY)
                        .withDelay(Duration.ofMillis(150))
                        .always());
        long start = System.nanoTime();
        assertThat(new Api(emulator).fetch(url + "/count").body()).isEqualTo("1");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(300));
    }

    @Test
    void aResponseIsResetHalfWay() throws Exception {
        String url = api.app(api.machine(), 3000);
        emulator.faults().add(Fault.previewReset(1_000_000, false));
        HttpRequest get =
                HttpRequest.newBuilder(URI.create(url + "/bytes/50000000")).build();
        var in = HttpClient.newHttpClient()
                .send(get, BodyHandlers.ofInputStream())
                .body();
        assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
        assertThat(api.fetch(url + "/count").statusCode()).isEqualTo(200);
    }

    /** A whole answer may be in one piece; it would be through before the reset. */
    @Test
    void noMoreBytesPassBeforeAResetThanTheFaultSays() throws IOException {
        URI url = URI.create(api.app(api.machine(), 3000));
        emulator.faults().add(Fault.previewReset(1000, false).withCalls("GET", "/bytes/{n}"));
        int received = 0;
        try (Socket viewer = new Socket(url.getHost(), url.getPort())) {
            viewer.getOutputStream()
                    .write("GET /bytes/20000 HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] bytes = new byte[65_536];
            for (int read = 0; read >= 0; read = viewer.getInputStream().read(bytes)) {
                received += read;
            }
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
        assertThat(received).isLessThanOrEqualTo(1000);
    }

    @Test
    void aFaultMeetsOnlyTheRequestThatItIsAimedAt() {
        String url = api.app(api.machine(), 3000);
        emulator.faults().add(Fault.previewReset(1000, false).withCalls("GET", "/bytes/{n}"));
        emulator.faults().add(Fault.gateway(1, 504).withCalls("POST", "/hash"));
        emulator.faults().add(Fault.of(Fault.Kind.PREVIEW_REFUSE).always().withCalls("GET", "/pid"));
        for (int i = 0; i < 3; i++) {
            assertThat(new Api(emulator).fetch(url + "/count?n=" + i).statusCode())
                    .isEqualTo(200);
        }
        assertThat(emulator.faults().list()).hasSize(3);
        assertThatThrownBy(() -> new Api(emulator).fetch(url + "/bytes/50000000"))
                .hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> new Api(emulator).fetch(url + "/pid")).hasCauseInstanceOf(IOException.class);
        assertThat(emulator.faults().list()).hasSize(2);
    }

    @Test
    void aWakeIsHeldUntilTheFaultIsCleared() {
        String id = asleep();
        long held = emulator.faults().add(Fault.of(Fault.Kind.WAKE_HELD).always());
        CompletableFuture<Api.Reply> woken =
                CompletableFuture.supplyAsync(() -> new Api(emulator).post("/v1/machines/" + id + "/wake", null));
        await().until(() -> api.phase(id).equals("starting"));
        await().during(Duration.ofMillis(200)).until(() -> api.phase(id).equals("starting"));
        assertThat(emulator.faults().remove(held)).isTrue();
        api.awaitPhase(id, "running");
        assertThat(woken.join().status()).isIn(200, 202);
    }

    @Test
    void aRequestIsResetHalfWay() {
        String url = api.app(api.machine(), 3000);
        emulator.faults().add(Fault.previewReset(1_000_000, true));
        HttpRequest post = HttpRequest.newBuilder(URI.create(url + "/hash"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[50_000_000]))
                .build();
        assertThatThrownBy(() -> HttpClient.newHttpClient().send(post, BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
        assertThat(api.fetch(url + "/count").statusCode()).isEqualTo(200);
    }

    @Test
    void connectionsAreRefusedAndAnUrlIsLate() throws IOException {
        String id = api.machine();
        String url = api.app(id, 3000);
        emulator.faults().add(Fault.of(Fault.Kind.PREVIEW_REFUSE));
        URI refused = URI.create(url);
        try (Socket viewer = new Socket(refused.getHost(), refused.getPort())) {
            viewer.getOutputStream().write("GET /count HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(() -> viewer.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        assertThat(api.fetch(url + "/count").statusCode()).isEqualTo(200);
        emulator.faults().add(Fault.delaying(Fault.Kind.PREVIEW_LATE, 1, 60_000));
        JsonNode late =
                api.post("/v1/machines/" + id + "/previews", "{\"port\":3001}").body();
        assertThat(late.get("status").asText()).isEqualTo("wake_in_progress");
        assertThat(late.has("url")).isFalse();
        assertThat(api.preview(id, 3002, "public")).startsWith("http://127.0.0.1:");
    }

    @Test
    void faultsAreOrderedThroughTheControlEndpointToo() {
        Api.Reply armed = api.post(
                "/_emulator/faults",
                "{\"kind\":\"api_error\",\"method\":\"GET\",\"path\":\"/v1/usage\",\"status\":418,\"times\":-1}");
        assertThat(armed.status()).isEqualTo(201);
        assertThat(api.get("/v1/usage").status()).isEqualTo(418);
        assertThat(api.get("/_emulator/faults").body().at("/items/0/fault/kind").asText())
                .isEqualTo("api_error");
        assertThat(api.delete("/_emulator/faults/" + armed.body().get("id").asText())
                        .status())
                .isEqualTo(200);
        assertThat(api.get("/v1/usage").status()).isEqualTo(200);
        assertThat(api.post("/_emulator/faults", "{\"kind\":\"api_eror\"}").status())
                .isEqualTo(400);
        assertThat(api.post("/_emulator/faults", "{\"kind\":\"api_error\",\"tmes\":1}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void theControlEndpointsCountCallsAndRefuseWebPages() {
        api.get("/v1/usage");
        api.get("/v1/usage");
        JsonNode calls =
                api.get("/_emulator/calls?method=GET&path=/v1/%7Bid%7D").body();
        assertThat(calls.get("count").asInt()).isEqualTo(2);
        assertThat(api.get("/_emulator", "Origin", "http://evil.example").status())
                .isEqualTo(403);
        assertThat(api.get("/_emulator/machines").body().get("items")).isEmpty();
        api.delete("/_emulator/calls");
        assertThat(emulator.calls().list()).isEmpty();
    }
}
