package io.jenkins.plugins.dedalus.router.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** An authenticated call of the admin API. */
public final class AdminCall {
    private final AdminReply reply;
    private final List<String> parts;
    private final JsonNode body;

    AdminCall(AdminReply reply, List<String> parts, JsonNode body) {
        this.reply = reply;
        this.parts = parts;
        this.body = body;
    }

    /** The HTTP method. */
    public String method() {
        return reply.method();
    }

    /** The path below {@code /api/v1/}, decoded. */
    public List<String> parts() {
        return parts;
    }

    /** An object; an empty one if none was sent. */
    public JsonNode body() {
        return body;
    }

    /** Whether method and number of path parts are these. */
    public boolean is(String wantedMethod, int length) {
        return method().equals(wantedMethod) && parts.size() == length;
    }

    /** A text of the body, or null. */
    public String text(String key) {
        JsonNode value = body.path(key);
        return value.isMissingNode() || value.isNull() ? null : value.asText();
    }

    /** Sends a short answer. */
    public void answer(JsonNode json) {
        reply.send(200, Map.of("Content-Type", "application/json"), (json + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Starts a streamed answer of JSON lines. To be called before anything is begun.
     *
     * @throws AdminException when too many are open
     */
    public EventStream stream() {
        return reply.stream();
    }

    /** Names no header: the token is among them. */
    @Override
    public String toString() {
        return method() + " " + String.join("/", parts);
    }
}
