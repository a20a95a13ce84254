package io.jenkins.plugins.dedalus.client.transport;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.Json;
import io.jenkins.plugins.dedalus.client.error.ApiFailure;
import io.jenkins.plugins.dedalus.client.error.AuthenticationException;
import io.jenkins.plugins.dedalus.client.error.ConflictException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.IdempotencyKeyReusedException;
import io.jenkins.plugins.dedalus.client.error.InvalidStateException;
import io.jenkins.plugins.dedalus.client.error.MalformedResponseException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.error.PermissionException;
import io.jenkins.plugins.dedalus.client.error.RateLimitException;
import io.jenkins.plugins.dedalus.client.error.RevisionMismatchException;
import io.jenkins.plugins.dedalus.client.error.Sentences;
import io.jenkins.plugins.dedalus.client.error.ServerException;
import io.jenkins.plugins.dedalus.client.error.SleepHoldException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import okhttp3.Headers;

/** Turns an answer outside of 2xx into the exception of its class, with a sentence and the decision to retry. */
public final class ErrorMapper {

    /** Another try can't help, whatever a header says; two of them want something else done first. */
    private static final Set<String> FINAL_CODES = Set.of(
            "AUTH_REQUIRED",
            "AUTH_INVALID",
            "AUTH_ORG_MISMATCH",
            "AUTH_SCOPE_FORBIDDEN",
            "IDEMPOTENCY_KEY_REUSED",
            "INVALID_STATE",
            "REVISION_MISMATCH",
            "SLEEP_HOLD_WINDOW_ACTIVE");

    private final Clock clock;
    private final Redactor redactor;

    public ErrorMapper(Clock clock, Redactor redactor) {
        this.clock = clock;
        this.redactor = redactor;
    }

    DedalusException map(ApiRequest request, int status, Headers headers, byte[] body) {
        boolean html = Json.isHtml(headers.get("Content-Type"), body);
        ErrorBody said = ErrorBody.read(html ? null : Json.parseOrNull(body));
        String code = clean(said.code(), request);
        Duration retryAfter = said.retryAfter() != null ? said.retryAfter() : RetryAfter.of(headers, clock);
        String requestId = clean(requestId(headers, said), request);
        if (status >= 300 && status < 400) {
            return redirect(request, status, requestId);
        }
        boolean retryable = retryable(status, code, said.retryable(), headers.get("x-should-retry"));
        String sentence = sentence(request, status, code, requestId, html, said, retryAfter);
        return exception(new ApiFailure(sentence, status, code, requestId, retryAfter, retryable), said.details());
    }

    private static boolean retryable(int status, String code, Boolean said, String header) {
        if (code != null && FINAL_CODES.contains(code)) {
            return false;
        }
        if ("true".equalsIgnoreCase(header) || "false".equalsIgnoreCase(header)) {
            return Boolean.parseBoolean(header);
        }
        if (said != null) {
            return said;
        }
        return status == 408 || status == 429 || status >= 500;
    }

    private String sentence(
            ApiRequest request,
            int status,
            String code,
            String requestId,
            boolean html,
            ErrorBody said,
            Duration retryAfter) {
        StringBuilder text =
                new StringBuilder("Could not ").append(request.doing()).append(": ");
        String words = clean(said.words(), request);
        if (html) {
            text.append("an HTML page came instead of the API's answer, so a proxy or gateway in between failed");
        } else if (words == null || words.isBlank()) {
            text.append("the server gave no reason");
        } else {
            text.append(words);
        }
        text.append(" (HTTP ").append(status);
        if (code != null) {
            text.append(", ").append(code);
        }
        if (requestId != null) {
            text.append(", request ").append(requestId);
        }
        return text.append("). ").append(Advice.of(status, code, retryAfter)).toString();
    }

    private String clean(String foreign, ApiRequest request) {
        return foreign == null ? null : Sentences.quote(redactor.redact(foreign, request.secrets()));
    }

    private static DedalusException exception(ApiFailure failure, JsonNode details) {
        String code = failure.errorCode() == null ? "" : failure.errorCode();
        switch (failure.status()) {
            case 401:
                return new AuthenticationException(failure);
            case 403:
                return new PermissionException(failure);
            case 404:
                return new NotFoundException(failure);
            case 409:
                return conflict(code, failure, details);
            case 412:
                return new RevisionMismatchException(failure);
            case 429:
                return new RateLimitException(
                        failure, details.path("rate_limit_scope").textValue());
            case 400, 422, 428:
                return new ValidationException(failure);
            default:
                return failure.status() == 408 || failure.status() >= 500
                        ? new ServerException(failure)
                        : new DedalusException(failure);
        }
    }

    private static ConflictException conflict(String code, ApiFailure failure, JsonNode details) {
        return switch (code) {
            case "INVALID_STATE" -> new InvalidStateException(failure);
            case "REVISION_MISMATCH" -> new RevisionMismatchException(failure);
            case "IDEMPOTENCY_KEY_REUSED" -> new IdempotencyKeyReusedException(failure);
            case "SLEEP_HOLD_WINDOW_ACTIVE" ->
                new SleepHoldException(
                        failure,
                        instant(details.path("next_sleep_eligible_at")).orElse(null),
                        ErrorBody.millis(details.path("remaining_ms")));
            default -> new ConflictException(failure);
        };
    }

    private static MalformedResponseException redirect(ApiRequest request, int status, String requestId) {
        String sentence = "Could not " + request.doing() + ": the server answered with a redirect (HTTP " + status
                + "). It was not followed, because the API key would have gone along. Set the base URL to where the API is.";
        return new MalformedResponseException(new ApiFailure(sentence, status, null, requestId, null, false));
    }

    private static String requestId(Headers headers, ErrorBody said) {
        String id = headers.get("x-request-id");
        if (id == null) {
            id = headers.get("request-id");
        }
        return id == null ? said.requestId() : id;
    }

    private static Optional<Instant> instant(JsonNode node) {
        try {
            return Optional.of(Instant.parse(node.asText()));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
