package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.MalformedResponseException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.error.ServerException;
import io.jenkins.plugins.dedalus.client.error.SleepHoldException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One exception per class of failure, each with a sentence that says what to do next. */
class ErrorMappingTest {

    private final ApiServer api = new ApiServer();

    @AfterEach
    void close() {
        api.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401|AUTH_INVALID|AuthenticationException|Check the Dedalus API key",
                "403|AUTH_SCOPE_FORBIDDEN|PermissionException|Ask for the permission",
                "403|AUTH_ORG_MISMATCH|PermissionException|Check the organisation id",
                "404|NOT_FOUND|NotFoundException|may have been deleted",
                "409|INVALID_STATE|InvalidStateException|Read the object's state",
                "409|IDEMPOTENCY_KEY_REUSED|IdempotencyKeyReusedException|belongs to another request",
                "409|SLEEP_HOLD_WINDOW_ACTIVE|SleepHoldException|about 5 minutes",
                "409|NEW_ONE|ConflictException|Read the object's state",
                "400|BAD_REQUEST|ValidationException|Correct the named value",
                "422|BAD_REQUEST|ValidationException|Correct the named value",
                "429|RATE_LIMITED|RateLimitException|Try again later",
                "408|TIMEOUT|ServerException|Try again later",
                "500|INTERNAL|ServerException|Try again later",
                "503|DEPENDENCY_UNAVAILABLE|ServerException|Try again later",
                "418|TEAPOT|DedalusException|Check the base URL"
            })
    void eachClassHasItsException(int status, String code, String type, String advice) {
        DedalusException e = failure(
                status,
                "{\"error_code\":\"" + code + "\",\"message\":\"The\\nreason.\",\"retryable\":false}",
                "application/json");
        assertThat(e.getClass().getSimpleName()).isEqualTo(type);
        assertThat(e.status()).isEqualTo(status);
        assertThat(e.errorCode()).contains(code);
        assertThat(e.requestId()).contains("req_42");
        assertThat(e)
                .hasMessageStartingWith("Could not put machine dm-1 to sleep: The reason (HTTP " + status + ", " + code
                        + ", request req_42). ")
                .hasMessageContaining(advice)
                .hasMessageEndingWith(".");
    }

    @Test
    void aMachineThatChangedMeanwhileIsNamed() {
        api.thenError(412, "{\"request_id\":\"r1\"}").thenError(404, "{}");
        DedalusException e = catchThrowableOfType(
                DedalusException.class,
                () -> api.client.machines().sleep("dm-1", RequestOptions.none().withIdempotencyKey("k")));
        assertThat(e).isInstanceOf(NotFoundException.class).hasMessageContaining("read machine dm-1");
    }

    @Test
    void theHoldWindowCarriesItsEnd() {
        SleepHoldException e = (SleepHoldException) failure(
                409,
                "{\"error_code\":\"SLEEP_HOLD_WINDOW_ACTIVE\",\"message\":\"held\",\"details\":{\"remaining_ms\":120500,"
                        + "\"next_sleep_eligible_at\":\"2026-11-24T02:05:00Z\"}}",
                "application/json");
        assertThat(e.remaining()).contains(Duration.ofMillis(120_500));
        assertThat(e.nextSleepEligibleAt()).contains(Instant.parse("2026-11-24T02:05:00Z"));

        SleepHoldException bare = (SleepHoldException)
                failure(409, "{\"error_code\":\"SLEEP_HOLD_WINDOW_ACTIVE\",\"details\":null}", "application/json");
        assertThat(bare.remaining()).isEmpty();
        assertThat(bare.nextSleepEligibleAt()).isEmpty();
    }

    @Test
    void problemJsonNamesThePlacesButNotTheValues() {
        DedalusException e = failure(
                422,
                "{\"type\":\"about:blank\",\"title\":\"Unprocessable Entity\",\"status\":422,\"detail\":\"validation failed\","
                        + "\"errors\":[{\"location\":\"body.env.TOKEN\",\"message\":\"expected string\",\"value\":\"s3cr3t\"},"
                        + "{\"message\":\"too odd\"},{\"location\":\"body.x\"},{},{\"message\":\"4\"},{\"message\":\"5\"},"
                        + "{\"message\":\"sixth\"}]}",
                "application/problem+json");
        assertThat(e)
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining(
                        "validation failed: body.env.TOKEN: expected string; too odd; body.x: refused; 4; 5 (")
                .hasMessageNotContainingAny("s3cr3t", "sixth");
    }

    @Test
    void problemsWithoutADetailAreReadToo() {
        assertThat(failure(400, "{\"errors\":[{\"message\":\"bad\"}]}", "application/problem+json"))
                .hasMessageContaining("to sleep: bad (HTTP 400");
        assertThat(failure(400, "{\"error\":{\"code\":\"C\",\"message\":\"nested\"}}", "application/json"))
                .hasMessageContaining("nested (HTTP 400, C,");
    }

    @Test
    void anHtmlPageOfAGatewayIsNotQuoted() {
        DedalusException e = failure(502, "\n <!DOCTYPE html><title>Bad Gateway</title>", "text/plain");
        assertThat(e)
                .isInstanceOf(ServerException.class)
                .hasMessageContaining("an HTML page came instead")
                .hasMessageNotContaining("DOCTYPE");
    }

    @Test
    void anythingElseIsNoReason() {
        assertThat(failure(500, "", "application/json")).hasMessageContaining("gave no reason (HTTP 500");
        assertThat(failure(500, "[1,2]", "application/json")).hasMessageContaining("gave no reason");
        assertThat(failure(500, "\u0000{broken", "application/json")).hasMessageContaining("gave no reason");
        assertThat(failure(500, " ".repeat(1024 * 1024 + 1), "application/json"))
                .hasMessageContaining("gave no reason");
    }

    @Test
    void aLongReasonIsCut() {
        DedalusException e = failure(500, "{\"message\":\"" + "x".repeat(9000) + "\"}", "application/json");
        assertThat(e.getMessage()).hasSizeBetween(500, 900).contains("x…");
    }

    @Test
    void aRedirectIsNotFollowed() {
        try (ApiServer other = new ApiServer()) {
            api.then(ApiServer.json(307, "{}")
                    .setHeader("Location", other.url() + "/v1/machines/dm-1/sleep")
                    .build());
            DedalusException e = catchThrowableOfType(
                    DedalusException.class, () -> api.client.machines().sleep("dm-1", RequestOptions.none()));
            assertThat(e)
                    .isInstanceOf(MalformedResponseException.class)
                    .hasMessageContaining("redirect (HTTP 307)")
                    .hasMessageContaining("API key would have gone along");
            assertThat(other.requests()).isEmpty();
            assertThat(api.requests()).hasSize(1);
        }
    }

    private DedalusException failure(int status, String body, String contentType) {
        try (DedalusClient once = api.builder().maxRetries(0).build()) {
            api.then(ApiServer.json(status, body)
                    .setHeader("Content-Type", contentType)
                    .setHeader("x-request-id", "req_42")
                    .build());
            return catchThrowableOfType(
                    DedalusException.class, () -> once.machines().sleep("dm-1", RequestOptions.none()));
        }
    }
}
