package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.jenkins.plugins.dedalus.router.config.ConfigException;
import io.jenkins.plugins.dedalus.router.config.ConfigProblem;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import io.jenkins.plugins.dedalus.router.config.RouterConfigReader;
import io.jenkins.plugins.dedalus.router.config.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published schemas, the tables of the documents and the readers of the router say the same. */
class SchemasTest {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String STRANGE = "zzzzzzzzzzzzzzzz";
    private static final Pattern KNOWN = Pattern.compile("Known here: (.*)\\.");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.*?) \\|(.*?)\\|.*\\|$");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final RouterConfig.Defaults NONE = new RouterConfig.Defaults(null, null, null, null, null);

    @TempDir
    Path directory;

    private static Path root() {
        return ProjectFiles.root();
    }

    private static JsonNode tree(String schema) throws IOException {
        return new ObjectMapper().readTree(Files.readString(root().resolve("docs/reference/" + schema)));
    }

    private static List<String> complaints(String schema, String yaml) throws IOException {
        JsonSchema loaded = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
                .getSchema(Files.readString(root().resolve("docs/reference/" + schema)));
        JsonNode value = YAML.readTree(yaml);
        return loaded.validate(value == null || value.isMissingNode() ? YAML.createObjectNode() : value).stream()
                .map(Object::toString)
                .toList();
    }

    private RouterConfig router(String yaml) {
        try {
            return RouterConfigReader.read(Files.writeString(directory.resolve("router.yaml"), yaml), Map.of());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SpecReader.PreviewFile preview(String yaml) {
        return SpecReader.read("preview.yaml", yaml, NONE);
    }

    @Test
    void theExamplesAndTheDocumentsFit() throws IOException {
        assertThat(complaints("router.schema.json", Files.readString(root().resolve("examples/router.yaml"))))
                .isEmpty();
        assertThat(complaints(
                        "preview.schema.json", Files.readString(root().resolve("examples/guestbook/preview.yaml"))))
                .isEmpty();
        String documented = document("## The preview file", "## router.yaml");
        String yaml = documented.substring(documented.indexOf("```yaml\n") + 8, documented.indexOf("\n```\n"));
        assertThat(complaints("preview.schema.json", yaml)).isEmpty();
        assertThat(preview(yaml).spec().start()).isNotBlank();
    }

    @Test
    void theSchemaOfRouterYamlKnowsTheKeysThatTheRouterReads() throws IOException {
        Map<String, Set<String>> inCode = known("router.schema.json", this::router);
        // Known so that it can be refused with a sentence.
        assertThat(inCode.get("api").remove("apiKey")).isTrue();
        assertThat(keys(tree("router.schema.json"), "")).isEqualTo(inCode);
    }

    @Test
    void theSchemaOfThePreviewFileKnowsTheKeysThatTheRouterReads() throws IOException {
        Map<String, Set<String>> inSchema = keys(tree("preview.schema.json"), "");
        Map<String, Set<String>> inCode = known("preview.schema.json", SchemasTest::preview);
        assertThat(inSchema).isEqualTo(inCode);
    }

    @Test
    void theDefaultsOfTheSchemasAreThoseOfTheCode() throws IOException {
        ObjectNode all = defaults(tree("router.schema.json"));
        // 8080 stands in the default of previewUrl, whatever the port.
        assertThat(all.toString()).contains("\"previewUrl\"", "\"upstreamConnections\":256");
        assertThat(router(YAML.writeValueAsString(all.put("state", "s"))))
                .usingRecursiveComparison()
                .isEqualTo(router("state: s\n"));

        ObjectNode spec = defaults(tree("preview.schema.json"));
        assertThat(spec.path("limits").size()).isEqualTo(6);
        assertThat(preview(YAML.writeValueAsString(spec)).spec())
                .usingRecursiveComparison()
                .isEqualTo(preview("{}").spec());
    }

    @Test
    void theTableOfRouterYamlNamesEveryKeyWithItsDefault() throws IOException {
        Map<String, JsonNode> leaves = new TreeMap<>();
        leaves(tree("router.schema.json"), "", leaves);
        Set<String> documented = new TreeSet<>();
        Matcher row = ROW.matcher(document("## router.yaml", "## Operations"));
        while (row.find()) {
            String before = "";
            List<String> names = new ArrayList<>();
            Matcher quoted = QUOTED.matcher(row.group(1));
            while (quoted.find()) {
                String name = quoted.group(1).startsWith(".")
                        ? before.substring(0, before.lastIndexOf('.')) + quoted.group(1)
                        : quoted.group(1);
                names.add(name);
                before = name;
            }
            documented.addAll(names);
            for (String name : names) {
                String byDefault = leaves.getOrDefault(name, YAML.createObjectNode())
                        .path("default")
                        .asText("");
                if (!byDefault.isEmpty() && !name.equals("previewUrl") && !name.equals("admin.port")) {
                    assertThat(row.group(2)).as("default of %s", name).contains("`" + byDefault + "`");
                }
            }
        }
        assertThat(documented).isEqualTo(leaves.keySet());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{state: s, listen: {port: 70000}}",
                "{state: s, acces: {mode: basic}}",
                "{state: s, access: {mode: secret}}",
                "{state: s, grace: {closed: 5}}",
                "{state: s, grace: {closed: 5m3h}}",
                "{state: s, api: {apiKeyFile: a, apiKeyEnv: B}}",
                "{state: s, accessLog: maybe}",
                "{state: s, limits: {waiters: 0}}",
                "{state: s, defaults: {autosleep: 5m3h}}",
                "{state: s, defaults: {visibility: secret}}",
                "{state: s, lifetime: {ttl: soon}}",
                "{state: s, lifetime: {ttl: 14}}",
                "{state: s, directory: {source: owners, owners: [{tokenFile: t}]}}"
            })
    void whatTheRouterRefusesTheSchemaRefuses(String yaml) throws IOException {
        assertThat(complaints("router.schema.json", yaml)).isNotEmpty();
        assertThat(catchThrowableOfType(ConfigException.class, () -> router(yaml)))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{start: x, port: 0}",
                "{start: x, prot: 3000}",
                "{start: x, port: 3000, ports: {web: 3000}}",
                "{start: x, ports: {web: {protocol: http}}}",
                "{start: x, protocol: gopher}",
                "{start: x, vcpu: 0.1}",
                "{start: x, autosleep: soon}",
                "{start: x, healthPath: healthz}",
                "{start: x, limits: {deploy: 5}}",
                "{start: x, repeatable: perhaps}",
                "{start: x, packages: [git, 'a b']}",
                "{start: x, services: {postgres: {start: y}}}",
                "{start: x, services: {postgres: {database: 'a b'}}}",
                "{start: x, services: {mail: {port: 1}}}",
                "{start: x, services: {Mail: {start: y, port: 1}}}",
                "{start: x, ttl: soon}",
                "{start: x, change: {numer: 1}}"
            })
    void whatTheReaderOfPreviewFilesRefusesTheSchemaRefuses(String yaml) throws IOException {
        assertThat(complaints("preview.schema.json", yaml)).isNotEmpty();
        assertThat(catchThrowableOfType(ConfigException.class, () -> preview(yaml)))
                .isNotNull();
    }

    /** The blocks of a schema, by dotted name, and the keys of each. */
    private static Map<String, Set<String>> keys(JsonNode block, String name) {
        Map<String, Set<String>> blocks = new TreeMap<>();
        Set<String> keys = new TreeSet<>();
        block.path("properties").properties().forEach(property -> {
            keys.add(property.getKey());
            if (property.getValue().has("properties")) {
                blocks.putAll(keys(property.getValue(), dotted(name, property.getKey())));
            }
        });
        blocks.put(name, keys);
        return blocks;
    }

    /** What the code knows: a strange key in each block makes it say so. */
    private static Map<String, Set<String>> known(String schema, Function<String, ?> reader) throws IOException {
        ObjectNode strange = YAML.createObjectNode();
        strangeKeys(tree(schema), strange);
        String yaml = YAML.writeValueAsString(strange);
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> reader.apply(yaml));
        Map<String, Set<String>> known = new TreeMap<>();
        for (ConfigProblem problem : refused.problems()) {
            Matcher all = KNOWN.matcher(problem.sentence());
            if (problem.key().endsWith(STRANGE) && all.find()) {
                String block = problem.key().equals(STRANGE)
                        ? ""
                        : problem.key().substring(0, problem.key().length() - STRANGE.length() - 1);
                known.put(block, new TreeSet<>(Arrays.asList(all.group(1).split(", "))));
            }
        }
        return known;
    }

    private static void strangeKeys(JsonNode block, ObjectNode into) {
        into.put(STRANGE, 1);
        block.path("properties").properties().forEach(property -> {
            if (property.getValue().has("properties")) {
                strangeKeys(property.getValue(), into.putObject(property.getKey()));
            }
        });
    }

    private static ObjectNode defaults(JsonNode block) {
        ObjectNode values = YAML.createObjectNode();
        block.path("properties").properties().forEach(property -> {
            JsonNode schema = property.getValue();
            if (schema.has("properties")) {
                ObjectNode inner = defaults(schema);
                if (!inner.isEmpty()) {
                    values.set(property.getKey(), inner);
                }
            } else if (schema.has("default") && !(schema.get("default") instanceof ArrayNode list && list.isEmpty())) {
                values.set(property.getKey(), schema.get("default"));
            }
        });
        return values;
    }

    private static void leaves(JsonNode block, String name, Map<String, JsonNode> into) {
        block.path("properties").properties().forEach(property -> {
            String key = dotted(name, property.getKey());
            if (property.getValue().has("properties")) {
                leaves(property.getValue(), key, into);
            } else {
                into.put(key, property.getValue());
            }
        });
    }

    private static String dotted(String block, String key) {
        return block.isEmpty() ? key : block + "." + key;
    }

    private static String document(String from, String to) throws IOException {
        String page = Files.readString(root().resolve("docs/router.md"));
        return page.substring(page.indexOf(from + "\n"), page.indexOf(to + "\n"));
    }
}
