package io.jenkins.plugins.dedalus.router.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An authenticated call of the admin API.
 *
 * @param method the HTTP method
 * @param parts the path below {@code /api/v1/}, decoded
 * @param body an object; an empty one if none was sent
 */
public record AdminCall(HttpExchange exchange, String method, List<String> parts, JsonNode body) {
    /** Whether method and number of path parts are these. */
    public boolean is(String wantedMethod, int length) {
        return method.equals(wantedMethod) && parts.size() == length;
    }

    /** A text of the body, or null. */
    public String text(String key) {
        JsonNode value = body.path(key);
        return value.isMissingNode() || value.isNull() ? null : value.asText();
    }

    /** Sends a short answer. */
    public void answer(JsonNode json) throws IOException {
        byte[] bytes = (json + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Starts a streamed answer of JSON lines. */
    public EventStream stream() throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/x-ndjson");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(200, 0);
        return new EventStream(exchange.getResponseBody());
    }

    /** Names no header: the token is among them. */
    @Override
    public String toString() {
        return method + " " + String.join("/", parts);
    }
}
