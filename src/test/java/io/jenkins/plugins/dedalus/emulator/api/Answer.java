package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dedalus.emulator.core.ApiException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer.
 *
 * @param status the HTTP status
 * @param contentType of the body
 * @param body null for none
 * @param headers more headers
 */
record Answer(int status, String contentType, String body, Map<String, String> headers) {
    static final String JSON_TYPE = "application/json";
    static final String PROBLEM_TYPE = "application/problem+json";

    static Answer json(int status, JsonNode body) {
        return new Answer(status, JSON_TYPE, body.toString(), Map.of());
    }

    static Answer ok(JsonNode body) {
        return json(200, body);
    }

    /** A refusal in the first envelope. */
    static Answer refusal(ApiException refusal) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (refusal.retryAfterMillis() != null) {
            long seconds = Math.max(1, (refusal.retryAfterMillis() + 999) / 1000);
            headers.put("Retry-After", Long.toString(seconds));
            headers.put("retry-after-ms", refusal.retryAfterMillis().toString());
        }
        return new Answer(refusal.status(), JSON_TYPE, Views.refusal(refusal).toString(), headers);
    }

    /** A refusal in the second envelope, RFC 9457. */
    static Answer problem(Problem problem) {
        return new Answer(problem.status(), PROBLEM_TYPE, Views.problem(problem).toString(), Map.of());
    }
}
