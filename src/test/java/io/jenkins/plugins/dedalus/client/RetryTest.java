package io.jenkins.plugins.dedalus.client;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.RateLimitException;
import io.jenkins.plugins.dedalus.client.error.ServerException;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import java.time.Duration;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryTest {

    private static final RequestOptions NONE = RequestOptions.none();
    private static final String DOWN =
            "{\"error_code\":\"DEPENDENCY_UNAVAILABLE\",\"message\":\"try later\",\"retryable\":true}";

    private final ApiServer api = new ApiServer();
    private final MachinesApi machines = api.client.machines();

    @AfterEach
    void close() {
        api.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504, 599})
    void triesAgainWithTheSameKeyAndBody(int status) {
        api.thenError(status, "{}").thenError(status, "{}").thenJson(ApiServer.MACHINE);

        machines.create(new MachineCreate(1, 1024, 10, null), NONE);

        assertThat(api.time.sleeps()).containsExactly(ofMillis(500), ofSeconds(1));
        assertThat(api.headers("Idempotency-Key")).hasSize(3).doesNotContainNull();
        assertThat(api.headers("Idempotency-Key").stream().distinct()).hasSize(1);
        assertThat(api.requests().stream().map(ApiServer::body).distinct()).hasSize(1);
    }

    @Test
    void readsAreTriedAgainOnceByUsNotTwiceByOkHttp() {
        api.then(ApiServer.json(503, DOWN).setHeader("Retry-After", "0").build())
                .then(ApiServer.json(408, "{}").build())
                .thenJson(ApiServer.MACHINE);
        machines.get("dm-1", NONE);
        assertThat(api.requests()).hasSize(3);
        assertThat(api.time.sleeps()).containsExactly(ofMillis(500), ofSeconds(1));
    }

    @Test
    void givesUpAfterTheLastRetryWithTheLastError() {
        api.thenError(503, DOWN).thenError(503, DOWN).thenError(500, DOWN).thenJson(ApiServer.MACHINE);
        assertThatThrownBy(() -> machines.get("dm-1", NONE))
                .isInstanceOfSatisfying(
                        ServerException.class, e -> assertThat(e.status()).isEqualTo(500));
        assertThat(api.requests()).hasSize(3);
    }

    @Test
    void retriesCanBeSwitchedOff() {
        api.thenError(503, DOWN);
        try (DedalusClient once = api.builder().maxRetries(0).build()) {
            assertThatThrownBy(() -> once.machines().get("dm-1", NONE)).isInstanceOf(ServerException.class);
        }
        assertThat(api.time.sleeps()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "400,''",
        "401,AUTH_INVALID",
        "401,AUTH_REQUIRED",
        "403,AUTH_SCOPE_FORBIDDEN",
        "403,AUTH_ORG_MISMATCH",
        "404,''",
        "409,INVALID_STATE",
        "409,IDEMPOTENCY_KEY_REUSED",
        "409,SLEEP_HOLD_WINDOW_ACTIVE",
        "409,SOMETHING_NEW",
        "422,''"
    })
    void neverTriesAgainAfterWhatCantChange(int status, String code) {
        api.thenError(status, "{\"error_code\":\"" + code + "\",\"message\":\"no\"}");
        assertThatThrownBy(() -> machines.wake("dm-1", NONE)).isInstanceOf(DedalusException.class);
        assertThat(api.requests()).hasSize(1);
        assertThat(api.time.sleeps()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTH_INVALID", "INVALID_STATE", "IDEMPOTENCY_KEY_REUSED", "SLEEP_HOLD_WINDOW_ACTIVE"})
    void notEvenWhenAHeaderSaysSo(String code) {
        api.then(ApiServer.json(409, "{\"error_code\":\"" + code + "\",\"retryable\":true}")
                .setHeader("x-should-retry", "true")
                .build());
        assertThatThrownBy(() -> machines.wake("dm-1", NONE)).isInstanceOf(DedalusException.class);
        assertThat(api.requests()).hasSize(1);
    }

    @Test
    void theHeaderOverridesTheStatus() {
        api.then(ApiServer.json(409, "{}").setHeader("x-should-retry", "true").build())
                .thenJson(ApiServer.MACHINE);
        machines.wake("dm-1", NONE);
        assertThat(api.requests()).hasSize(2);

        api.then(ApiServer.json(503, DOWN).setHeader("x-should-retry", "false").build());
        assertThatThrownBy(() -> machines.wake("dm-1", NONE))
                .isInstanceOfSatisfying(
                        ServerException.class, e -> assertThat(e.retryable()).isFalse());
        assertThat(api.requests()).hasSize(3);
    }

    @Test
    void theEnvelopeOverridesTheStatusToo() {
        api.thenError(500, "{\"error_code\":\"X\",\"retryable\":false}");
        assertThatThrownBy(() -> machines.wake("dm-1", NONE)).isInstanceOf(ServerException.class);
        api.thenError(409, "{\"error_code\":\"X\",\"retryable\":true,\"retry_after_ms\":5}")
                .thenJson(ApiServer.MACHINE);
        machines.wake("dm-1", NONE);
        assertThat(api.requests()).hasSize(3);
        assertThat(api.time.sleeps()).containsExactly(ofMillis(5));
    }

    @Test
    void waitsAsLongAsTheServerAsks() {
        Map<String, String> date = Map.of("Retry-After", "Tue, 24 Nov 2026 02:00:07 GMT");
        assertThat(waitAfter("{\"retry_after_ms\":1234}", Map.of("Retry-After", "9")))
                .isEqualTo(ofMillis(1234));
        assertThat(waitAfter("{}", Map.of("retry-after-ms", "250.5", "Retry-After", "9")))
                .isEqualTo(ofMillis(251));
        assertThat(waitAfter("{}", Map.of("Retry-After", "3"))).isEqualTo(ofSeconds(3));
        assertThat(waitAfter("{}", Map.of("Retry-After", "1.5"))).isEqualTo(ofMillis(1500));
        assertThat(waitAfter("{}", date)).isEqualTo(ofSeconds(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "soon", "", "99999999999", "Tue, 24 Nov 2020 02:00:07 GMT", "NaN", "1e3"})
    void aWaitThatMakesNoSenseIsNoWait(String header) {
        assertThat(waitAfter("{\"retry_after_ms\":\"soon\"}", Map.of("Retry-After", header)))
                .isEqualTo(ofMillis(500));
    }

    @Test
    void aNegativeWaitInTheBodyIsNoWait() {
        assertThat(waitAfter("{\"retry_after_ms\":-1}", Map.of())).isEqualTo(ofMillis(500));
    }

    @Test
    void brokenConnectionsAreTriedAgainWithTheSameKey() {
        api.then(new MockResponse.Builder()
                        .onResponseStart(new SocketEffect.CloseSocket())
                        .build())
                .then(ApiServer.json(200, ApiServer.MACHINE)
                        .onResponseBody(new SocketEffect.CloseSocket())
                        .build())
                .thenJson(ApiServer.MACHINE);
        assertThat(machines.wake("dm-1", NONE).machineId()).isEqualTo("dm-1");
        assertThat(api.requests()).hasSize(3);
        assertThat(api.headers("Idempotency-Key").stream().distinct()).hasSize(1);
    }

    @Test
    void aWaitBeyondTheDeadlineEndsTheCallWithTheReason() {
        api.thenError(429, "{\"error_code\":\"RATE_LIMITED\",\"message\":\"slow down\",\"retry_after_ms\":60000}");
        assertThatThrownBy(() -> machines.wake("dm-1", NONE.withDeadline(ofSeconds(30))))
                .isInstanceOfSatisfying(RateLimitException.class, e -> {
                    assertThat(e.retryAfter()).contains(Duration.ofMinutes(1));
                    assertThat(e.retryable()).isTrue();
                });
        assertThat(api.time.sleeps()).isEmpty();
    }

    @Test
    void theDeadlineHoldsForAllTriesTogether() {
        api.thenError(503, DOWN).thenError(503, DOWN).thenJson(ApiServer.MACHINE);
        assertThatThrownBy(() -> machines.wake("dm-1", NONE.withDeadline(ofMillis(1200))))
                .isInstanceOf(ServerException.class);
        assertThat(api.time.sleeps()).containsExactly(ofMillis(500));
        assertThat(api.requests()).hasSize(2);
    }

    private Duration waitAfter(String body, Map<String, String> headers) {
        try (ApiServer server = new ApiServer()) {
            MockResponse.Builder answer = ApiServer.json(429, body);
            headers.forEach(answer::setHeader);
            server.then(answer.build()).thenJson(ApiServer.MACHINE);
            server.client.machines().wake("dm-1", NONE);
            return server.time.sleeps().get(0);
        }
    }
}
