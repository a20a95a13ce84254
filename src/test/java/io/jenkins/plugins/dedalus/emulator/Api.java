package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A caller of the API that hides nothing: raw status, headers and JSON. */
final class Api {
    /** An answer; {@code body} is missing where there was no JSON. */
    record Reply(int status, JsonNode body, HttpResponse<String> response) {
        String code() {
            return body.path("error_code").asText();
        }

        String id(String name) {
            assertThat(status).as("%s", body).isIn(200, 202);
            return body.get(name).asText();
        }

        String type() {
            return response.headers().firstValue("Content-Type").orElse("");
        }
    }

    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private final String key;
    private boolean keyed;

    Api(Emulator emulator) {
        this(emulator.baseUrl().toString(), emulator.apiKey());
    }

    Api(String base, String key) {
        this.base = base;
        this.key = key;
    }

    /** Sends an Idempotency-Key of its own with each change that has none. */
    Api keyed() {
        keyed = true;
        return this;
    }

    Reply get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    Reply post(String path, String body, String... headers) {
        return send("POST", path, body, headers);
    }

    Reply patch(String path, String body, String... headers) {
        return send("PATCH", path, body, headers);
    }

    Reply delete(String path, String... headers) {
        return send("DELETE", path, null, headers);
    }

    /** Sends a call with the key, unless the headers hold another. */
    Reply send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(PATIENCE)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (!List.of(headers).contains("Authorization") && !List.of(headers).contains("x-api-key")) {
            request.header("Authorization", "Bearer " + key);
        }
        if (keyed && !"GET".equals(method)) {
            request.header("Idempotency-Key", UUID.randomUUID().toString());
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            String type = response.headers().firstValue("Content-Type").orElse("");
            JsonNode json = type.contains("json") ? JSON.readTree(response.body()) : JSON.missingNode();
            return new Reply(response.statusCode(), json, response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static String shape(String autosleep) {
        return "{\"vcpu\":1,\"memory_mib\":512,\"storage_gib\":5,\"autosleep\":\"" + autosleep + "\"}";
    }

    /** A new machine that runs. */
    String machine() {
        return machine("never");
    }

    String machine(String autosleep) {
        String id = post("/v1/machines", shape(autosleep)).id("machine_id");
        awaitPhase(id, "running");
        return id;
    }

    String phase(String machine) {
        JsonNode body = get("/v1/machines/" + machine).body();
        return body.path("status").path("phase").asText();
    }

    void awaitPhase(String machine, String phase) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> phase(machine)
                .equals(phase));
    }

    /** Starts a command; returns its execution's id. */
    String start(String machine, String... command) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode argv = body.putArray("command");
        List.of(command).forEach(argv::add);
        return execute(machine, body);
    }

    String execute(String machine, ObjectNode body) {
        return post("/v1/machines/" + machine + "/executions", body.toString()).id("execution_id");
    }

    JsonNode execution(String machine, String id) {
        return get("/v1/machines/" + machine + "/executions/" + id).body();
    }

    JsonNode awaitEnd(String machine, String id) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> execution(machine, id)
                .has("completed_at"));
        return execution(machine, id);
    }

    /** Runs a script to its end; returns what it wrote to standard output. */
    String run(String machine, String script) {
        String id = start(machine, "/bin/sh", "-c", script);
        JsonNode end = awaitEnd(machine, id);
        JsonNode output = output(machine, id);
        assertThat(end.path("status").asText()).as("%s %s", end, output).isEqualTo("succeeded");
        return output.get("stdout").asText();
    }

    JsonNode output(String machine, String id) {
        return get("/v1/machines/" + machine + "/executions/" + id + "/output").body();
    }

    /** Exposes a port; returns the URL. */
    String preview(String machine, int port, String visibility) {
        String previews = "/v1/machines/" + machine + "/previews";
        String id = post(previews, "{\"port\":" + port + ",\"visibility\":\"" + visibility + "\"}")
                .id("preview_id");
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() ->
                        get(previews + "/" + id).body().path("status").asText().equals("ready"));
        return get(previews + "/" + id).body().get("url").asText();
    }

    /** Starts {@link TestApp} as a daemon, exposes its port and waits until it answers; returns the URL. */
    String app(String machine, int port) {
        run(machine, TestApp.daemon(port));
        String url = preview(machine, port, "public");
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> fetch(url + "/pid").statusCode() == 200);
        return url;
    }

    /** A plain GET without a key. */
    HttpResponse<String> fetch(String url, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
