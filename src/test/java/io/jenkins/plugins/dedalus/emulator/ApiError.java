package io.jenkins.plugins.dedalus.emulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** An answer that is not a success. */
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final transient ObjectNode body;
    private final boolean problem;

    private ApiError(int status, ObjectNode body, boolean problem) {
        super(body.toString(), null, false, false);
        this.status = status;
        this.body = body;
        this.problem = problem;
    }

    static ApiError of(int status, String code, String message) {
        boolean retryable = status == 429 || status >= 500 || "REVISION_MISMATCH".equals(code);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("error_code", code);
        body.put("message", message);
        body.put("retryable", retryable);
        return new ApiError(status, body, false);
    }

    ApiError retryAfter(long millis) {
        body.put("retry_after_ms", millis);
        return this;
    }

    ApiError detail(String name, Object value) {
        body.withObject("/details").putPOJO(name, value);
        return this;
    }

    static ApiError validation(String location, String message, Object value) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("type", "about:blank");
        body.put("title", "Unprocessable Entity");
        body.put("status", 422);
        body.put("detail", "validation failed");
        ObjectNode error = body.putArray("errors").addObject();
        error.put("location", location);
        error.put("message", message);
        error.putPOJO("value", value);
        return new ApiError(422, body, true);
    }

    static ApiError notFound(String what, String id) {
        return of(404, "NOT_FOUND", what + " " + id + " was not found.");
    }

    int status() {
        return status;
    }

    ObjectNode body() {
        return body;
    }

    String contentType() {
        return problem ? "application/problem+json" : "application/json";
    }
}
