package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A request that isn't valid: answered as RFC 9457 says. */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong where; {@code value} may be null. */
    record Detail(String location, String message, JsonNode value) {}

    private final int status;
    private final String title;
    private final transient List<Detail> details;

    Problem(int status, String title, String detail, List<Detail> details) {
        super(detail, null, false, false);
        this.status = status;
        this.title = title;
        this.details = List.copyOf(details);
    }

    static Problem invalid(List<Detail> details) {
        return new Problem(422, "Unprocessable Entity", "validation failed", details);
    }

    static Problem invalid(String location, String message, JsonNode value) {
        return invalid(List.of(new Detail(location, message, value)));
    }

    static Problem notFound(String path) {
        return new Problem(404, "Not Found", "There is nothing at " + path + ".", List.of());
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    List<Detail> details() {
        return details;
    }
}
