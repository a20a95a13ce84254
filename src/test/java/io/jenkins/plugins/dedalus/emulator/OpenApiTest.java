package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every answer of every operation is one that {@code openapi.yaml} describes. */
class OpenApiTest {
    private final JsonNode generation2 = description("openapi.yaml");
    private JsonNode description = generation2;
    private final Set<String> covered = new TreeSet<>();
    private Api api;

    private static JsonNode description(String name) {
        try (InputStream yaml = OpenApiTest.class.getResourceAsStream(name)) {
            return new YAMLMapper().readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a call and holds its answer against the description. */
    private JsonNode call(int status, String method, String path, String body, String... headers) {
        Api.Reply reply = api.send(method, path, body, headers);
        assertThat(reply.status()).as("%s %s: %s", method, path, reply.body()).isEqualTo(status);
        JsonNode operation = operation(method, path);
        JsonNode response = operation.path("responses").path(Integer.toString(status));
        if (response.isMissingNode()) {
            response = description.at("/components/responses/Refused");
        }
        JsonNode media = response.path("content").path(reply.type());
        assertThat(media.isObject())
                .as("%s %s answers %s", method, path, reply.type())
                .isTrue();
        if (reply.type().contains("json")) {
            validate(media.get("schema"), reply.body());
        } else {
            events(reply.response().body());
        }
        if (status < 400) {
            covered.add(operation.get("operationId").asText());
        }
        return reply.body();
    }

    private JsonNode operation(String method, String path) {
        String bare = path.replaceAll("\\?.*", "");
        for (Map.Entry<String, JsonNode> entry : description.get("paths").properties()) {
            String template =
                    Pattern.compile("\\{[a-z_]+}").matcher(entry.getKey()).replaceAll("[^/]+");
            if (bare.matches(template) && entry.getValue().has(method.toLowerCase(Locale.ROOT))) {
                return entry.getValue().get(method.toLowerCase(Locale.ROOT));
            }
        }
        throw new AssertionError("not described: " + method + " " + bare);
    }

    private void validate(JsonNode schema, JsonNode value) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", description.get("components"));
        SchemaValidatorsConfig strict =
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(whole, strict)
                        .validate(value))
                .as("%s against %s", value, schema)
                .isEmpty();
    }

    private void events(String stream) {
        JsonNode schema = description.at("/components/schemas/Machine");
        stream.lines().filter(line -> line.startsWith("data: ")).forEach(line -> {
            try {
                validate(schema, Api.JSON.readTree(line.substring("data: ".length())));
            } catch (IOException e) {
                throw new AssertionError(line, e);
            }
        });
    }

    @Test
    void everyOperationAnswersAsDescribed() throws IOException {
        try (Emulator emulator = Emulator.start(EmulatorConfig.defaults())) {
            api = new Api(emulator);
            call(200, "GET", "/v1/machines", null);
            String id = call(202, "POST", "/v1/machines", Api.shape("5m"))
                    .get("machine_id")
                    .asText();
            String machine = "/v1/machines/" + id;
            call(200, "GET", machine + "/status/stream", null);
            call(200, "GET", machine, null);
            call(200, "GET", "/v1/machines", null);
            call(200, "PATCH", machine, "{\"autosleep\":\"never\"}");
            executions(machine, id);
            previews(machine);
            call(200, "POST", machine + "/sleep", null);
            call(200, "POST", machine + "/wake", null);
            call(200, "GET", "/v1/usage", null);
            call(200, "GET", "/v1/usage/machines/compute", null);
            call(200, "GET", "/v1/usage/machines/storage", null);
            refusals(emulator, machine);
            call(202, "DELETE", machine, null);
        }
        assertAllCovered();
    }

    private void assertAllCovered() {
        Set<String> all = new TreeSet<>();
        description.findValues("operationId").forEach(operation -> all.add(operation.asText()));
        assertThat(covered).isEqualTo(all);
    }

    @Test
    void everyOperationOfGeneration4AnswersAsDescribed() throws IOException {
        description = description("openapi-4.yaml");
        try (Emulator emulator =
                Emulator.start(EmulatorConfig.builder().generation(4).build())) {
            api = new Api(emulator).keyed();
            call(200, "GET", "/v1/machines", null);
            String id =
                    call(202, "POST", "/v1/machines", "{}").get("machine_id").asText();
            String machine = "/v1/machines/" + id;
            api.awaitPhase(id, "running");
            call(200, "GET", machine, null);
            call(200, "GET", "/v1/machines", null);
            call(200, "PATCH", machine, "{\"autosleep\":\"never\"}");
            call(200, "GET", machine + "/autoresizing", null);
            call(200, "PUT", machine + "/autoresizing", "{\"enabled\":false}");
            call(200, "GET", machine + "/ssh", null);
            call(501, "POST", machine + "/ssh", "{\"public_key\":\"ssh-ed25519 AAAA\"}");
            call(200, "POST", machine + "/reboot?force=true", null);
            executions(machine, id);
            String execution = machine + "/executions/"
                    + api.get(machine + "/executions")
                            .body()
                            .at("/items/0/execution_id")
                            .asText();
            call(200, "GET", execution + "/logs", null);
            call(200, "POST", execution + "/logs/reauthorize", null);
            call(501, "POST", execution + "/logs/token", null);
            call(200, "POST", machine + "/sleep", null);
            call(200, "POST", machine + "/wake", null);
            call(401, "GET", machine, null, "Authorization", "Bearer other");
            call(404, "GET", "/v1/machines/017f22e2-79b0-7cc3-98c4-dc0c0c07398f", null);
            call(422, "GET", "/v1/machines/dm-none", null);
            call(400, "POST", "/v1/machines", "{\"memory_mib\":262144}");
            call(202, "DELETE", machine, null);
        }
        assertAllCovered();
    }

    private void executions(String machine, String id) {
        String executions = machine + "/executions";
        call(200, "GET", executions, null);
        String one = executions + "/"
                + call(202, "POST", executions, "{\"command\":[\"sh\",\"-c\",\"echo hi; kill -9 $$\"]}")
                        .get("execution_id")
                        .asText();
        api.awaitEnd(id, one.substring(one.lastIndexOf('/') + 1));
        call(200, "GET", one, null);
        call(200, "GET", one + "/output", null);
        call(200, "GET", one + "/events", null);
        call(200, "DELETE", one, null);
        call(200, "GET", executions, null);
    }

    private void previews(String machine) {
        String previews = machine + "/previews";
        call(200, "GET", previews, null);
        String one = previews + "/"
                + call(202, "POST", previews, "{\"port\":3000}")
                        .get("preview_id")
                        .asText();
        call(200, "GET", one, null);
        call(200, "GET", previews, null);
        call(200, "DELETE", one, null);
    }

    private void refusals(Emulator emulator, String machine) {
        call(401, "GET", machine, null, "Authorization", "Bearer other");
        call(404, "GET", "/v1/machines/dm-none", null);
        call(422, "GET", "/v1/machines/none", null);
        call(422, "POST", "/v1/machines", "{}");
        call(400, "POST", "/v1/machines", "{");
        emulator.faults().add(Fault.api(1, "GET", "/v1/machines", 429, "RATE_LIMITED", 100));
        call(429, "GET", "/v1/machines", null);
        emulator.faults().add(Fault.api(1, "GET", "/v1/machines", 503, null, 0));
        call(503, "GET", "/v1/machines", null);
    }
}
