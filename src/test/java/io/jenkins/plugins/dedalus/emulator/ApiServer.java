package io.jenkins.plugins.dedalus.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;

/** Authenticates, replays, injects faults, logs, and hands calls to the routes. */
final class ApiServer {
    private record Kept(String request, int status, String body) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final EmulatorConfig config;
    private final ApiRoutes routes;
    private final FaultControl faults;
    private final CallLog calls;
    private final Clock clock;
    private final ExecutorService threads;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    ApiServer(
            EmulatorConfig config,
            ApiRoutes routes,
            FaultControl faults,
            CallLog calls,
            Clock clock,
            ExecutorService threads) {
        this.config = config;
        this.routes = routes;
        this.faults = faults;
        this.calls = calls;
        this.clock = clock;
        this.threads = threads;
    }

    void handle(HttpServerRequest request) {
        request.body().onSuccess(body -> threads.execute(() -> work(request, body)));
    }

    private void work(HttpServerRequest request, Buffer body) {
        String method = request.method().name();
        String path = request.path();
        String key = request.getHeader("Idempotency-Key");
        Optional<Fault> fault = faults.take(Fault.Kind.API, method, path);
        int status;
        String answer;
        String type = "application/json";
        Long retryAfter = null;
        try {
            if (fault.isPresent() && !fault.get().afterWork() && fault.get().status() > 0) {
                ApiError error = ApiError.of(fault.get().status(), fault.get().code(), "A fault on demand.");
                throw fault.get().millis() > 0 ? error.retryAfter(fault.get().millis()) : error;
            }
            if (fault.isPresent() && !fault.get().afterWork()) {
                cut(request, method, path, key);
                return;
            }
            authenticate(request);
            Kept done = perform(request, method, path, key, body.toString());
            status = done.status();
            answer = done.body();
        } catch (ApiError e) {
            status = e.status();
            answer = e.body().toString();
            type = e.contentType();
            retryAfter = e.body().has("retry_after_ms") ? e.body().get("retry_after_ms").asLong() : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (fault.isPresent() && fault.get().afterWork()) {
            if (fault.get().status() == 0) {
                cut(request, method, path, key);
                return;
            }
            status = fault.get().status();
            answer = ApiError.of(status, fault.get().code(), "A fault on demand.").body().toString();
        }
        calls.add(new CallLog.Call(clock.instant(), method, path, key, status));
        var response = request.response().setStatusCode(status).putHeader("Content-Type", type);
        if (retryAfter != null) {
            response.putHeader("retry-after-ms", retryAfter.toString());
        }
        response.putHeader("x-request-id", "req-" + Long.toHexString(System.nanoTime())).end(answer);
    }

    private void cut(HttpServerRequest request, String method, String path, String key) {
        calls.add(new CallLog.Call(clock.instant(), method, path, key, 0));
        request.connection().close();
    }

    private void authenticate(HttpServerRequest request) {
        String bearer = request.getHeader("Authorization");
        String key = bearer != null && bearer.startsWith("Bearer ") ? bearer.substring(7) : request.getHeader("x-api-key");
        if (key == null) {
            throw ApiError.of(401, "AUTH_REQUIRED", "Give an API key.");
        }
        if (!key.equals(config.apiKey())) {
            throw ApiError.of(401, "AUTH_INVALID", "The API key is not valid.");
        }
        String organization = request.getHeader("X-Dedalus-Org-Id");
        if (organization != null && config.organizationId() != null && !organization.equals(config.organizationId())) {
            throw ApiError.of(403, "AUTH_ORG_MISMATCH", "The key belongs to another organisation.");
        }
    }

    private Kept perform(HttpServerRequest request, String method, String path, String key, String body)
            throws InterruptedException {
        if (key == null || method.equals("GET")) {
            return fresh(request, method, path, body);
        }
        String what = method + " " + path + "\n" + body;
        synchronized (kept) {
            Kept before = kept.get(key);
            if (before != null) {
                if (!before.request().equals(what)) {
                    throw ApiError.of(409, "IDEMPOTENCY_KEY_REUSED", "The Idempotency-Key was used for another request.");
                }
                if (before.status() == 0) {
                    throw ApiError.of(429, "RATE_LIMITED", "The first request with this key is in flight.").retryAfter(200);
                }
                return before;
            }
            kept.put(key, new Kept(what, 0, ""));
        }
        try {
            Kept done = fresh(request, method, path, body);
            kept.put(key, new Kept(what, done.status(), done.body()));
            return done;
        } finally {
            synchronized (kept) {
                if (kept.get(key).status() == 0) {
                    kept.remove(key);
                }
            }
        }
    }

    private Kept fresh(HttpServerRequest request, String method, String path, String text) throws InterruptedException {
        JsonNode body = JsonNodeFactory.instance.objectNode();
        if (!text.isBlank()) {
            try {
                body = JSON.readTree(text);
            } catch (IOException e) {
                throw ApiError.validation("body", "is not JSON", null);
            }
        }
        JsonNode answer = routes.route(method, path.split("/"), request.params(), body);
        return new Kept(null, 200, answer.toString());
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
