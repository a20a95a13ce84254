package io.jenkins.plugins.dedalus.router.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** One answer of the admin port; may be given from any thread, and waits for none. The first one counts. */
final class AdminReply {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RETRY_SECONDS = "5";

    private final HttpServerRequest request;
    private final Context loop;
    private final StreamPlaces places;
    private volatile EventStream stream;

    AdminReply(HttpServerRequest request, Context loop, StreamPlaces places) {
        this.request = request;
        this.loop = loop;
        this.places = places;
    }

    String method() {
        return request.method().name();
    }

    String header(String name) {
        return request.getHeader(name);
    }

    /** The query as sent; null if there is none. */
    String query() {
        return request.query();
    }

    void text(int status, String text) {
        send(status, Map.of("Content-Type", "text/plain; charset=utf-8"), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Says what is wrong; at the end of a stream that has begun, else as an answer of its own. */
    void error(int status, AdminException.Kind kind, String sentence) {
        EventStream begun = stream;
        if (begun != null) {
            begun.fail(kind, sentence);
            return;
        }
        ObjectNode error = JSON.createObjectNode();
        error.put("code", kind.name().toLowerCase(Locale.ROOT)).put("message", sentence);
        Map<String, String> headers = kind == AdminException.Kind.BUSY
                ? Map.of("Content-Type", "application/json", "Retry-After", RETRY_SECONDS)
                : Map.of("Content-Type", "application/json");
        send(status, headers, (error + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Without a {@code Cache-Control} among the headers it is not to be stored. */
    void send(int status, Map<String, String> headers, byte[] body) {
        loop.runOnContext(v -> {
            HttpServerResponse response = request.response();
            if (response.headWritten() || response.closed()) {
                return;
            }
            response.setStatusCode(status).putHeader("Cache-Control", "no-store");
            headers.forEach(response::putHeader);
            if (HttpMethod.HEAD.equals(request.method())) {
                response.putHeader("Content-Length", Integer.toString(body.length));
                response.end();
            } else if (body.length == 0) {
                response.end();
            } else {
                response.end(Buffer.buffer(body));
            }
        });
    }

    /** Starts a streamed answer; throws {@link AdminException} where there are too many. */
    EventStream stream() {
        Runnable place = places.take();
        EventStream begun = new EventStream(request.response(), loop, place);
        stream = begun;
        begun.begin();
        return begun;
    }
}
