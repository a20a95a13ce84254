package io.jenkins.plugins.dedalus.client.transport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What an error answer says, read from the API's envelope or from RFC 9457 problem+json. Every part may be missing.
 *
 * @param code the API's error code, null where there is none
 * @param words for humans; of validation errors where and what, never the refused value: it may be a secret
 * @param retryable what the envelope says; null where it says nothing
 * @param details an object or missing
 */
record ErrorBody(
        String code, String words, Boolean retryable, Duration retryAfter, String requestId, JsonNode details) {

    private static final int MAX_PROBLEMS = 5;

    static ErrorBody read(JsonNode json) {
        JsonNode body = json == null ? MissingNode.getInstance() : json;
        if (body.path("error").isObject()) {
            body = body.get("error");
        }
        JsonNode retryable = body.path("retryable");
        return new ErrorBody(
                text(body, "error_code", "code"),
                words(body),
                retryable.isBoolean() ? retryable.asBoolean() : null,
                millis(body.path("retry_after_ms")),
                text(body, "request_id"),
                body.path("details"));
    }

    /** A number of milliseconds from 0 to about a day; null for anything else. */
    static Duration millis(JsonNode node) {
        return node.isNumber() ? RetryAfter.sane(Math.ceil(node.asDouble())) : null;
    }

    private static String words(JsonNode body) {
        String said = text(body, "message", "detail", "title");
        List<String> problems = new ArrayList<>();
        for (JsonNode error : body.path("errors")) {
            String location = text(error, "location");
            String message = text(error, "message");
            if (problems.size() < MAX_PROBLEMS && (location != null || message != null)) {
                problems.add((location == null ? "" : location + ": ") + (message == null ? "refused" : message));
            }
        }
        if (problems.isEmpty()) {
            return said;
        }
        return (said == null ? "" : said + ": ") + String.join("; ", problems);
    }

    private static String text(JsonNode node, String... names) {
        for (String name : names) {
            JsonNode value = node.path(name);
            if (value.isTextual() && !value.asText().isBlank()) {
                return value.asText();
            }
        }
        return null;
    }
}
