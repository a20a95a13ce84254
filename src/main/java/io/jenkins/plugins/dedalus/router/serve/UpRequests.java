package io.jenkins.plugins.dedalus.router.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.PortSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.model.Source;
import io.jenkins.plugins.dedalus.proxy.access.AccessTable;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import io.jenkins.plugins.dedalus.router.config.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes a {@link PreviewRequest} from what {@code up} sends. Problems are sentences in {@link IllegalArgumentException}s. */
final class UpRequests {
    private final RouterConfig config;
    private final Clock clock;

    UpRequests(RouterConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    PreviewRequest read(JsonNode body) {
        String file = body.path("specName").asText("the spec");
        SpecReader.PreviewFile read = SpecReader.read(file, body.path("spec").asText(""), config.defaults());
        checkAccess(read.spec());
        Map<String, String> change = new HashMap<>(read.change());
        body.path("change").properties().forEach(field -> {
            if (!field.getValue().isNull()) {
                change.put(field.getKey(), field.getValue().asText());
            }
        });
        String repository =
                required(change, "repository", "--repository host/owner/name, or change.repository in " + file);
        String number = required(change, "number", "--change 123, or change.number in " + file);
        PreviewKey key = new PreviewKey(repository, number, change.get("name"));
        ChangeContext context = new ChangeContext(
                number,
                change.get("branch"),
                change.get("url"),
                change.get("gitUrl"),
                change.get("commit"),
                change.get("target"),
                body.path("fork").asBoolean(false));
        long order = body.hasNonNull("order") ? body.path("order").asLong() : clock.millis();
        String label = config.previewUrl().label(key.id(), number);
        return new PreviewRequest(
                key, read.spec(), context, source(body.path("source"), context), secrets(body), order, label);
    }

    private void checkAccess(PreviewSpec spec) {
        for (PortSpec port : spec.ports().values()) {
            AccessTable.check(
                    config.access().mode(), port.visibility(), config.api().viewerKeyFile() != null);
        }
    }

    private static String required(Map<String, String> change, String key, String where) {
        String value = change.get(key);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("The change request's " + key + " is missing: give " + where + ".");
        }
        return value;
    }

    private static SecretEnv secrets(JsonNode body) {
        Map<String, String> values = new LinkedHashMap<>();
        body.path("secrets")
                .properties()
                .forEach(field -> values.put(field.getKey(), field.getValue().asText()));
        return SecretEnv.of(values);
    }

    private static Source source(JsonNode source, ChangeContext change) {
        String type = source.path("type").asText("scripts");
        return switch (type) {
            case "scripts" -> new Source.Scripts();
            case "git" ->
                new Source.Git(
                        source.path("url").asText(change.gitUrl() == null ? "" : change.gitUrl()),
                        source.hasNonNull("ref") ? source.path("ref").asText() : null,
                        change.commit(),
                        source.hasNonNull("token") ? source.path("token").asText() : null);
            case "archive" -> archive(Path.of(source.path("path").asText()));
            default ->
                throw new IllegalArgumentException("The source \"" + type + "\" must be one of scripts, git, archive.");
        };
    }

    private static Source archive(Path path) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (DigestInputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            return new Source.Archive(
                    () -> Files.newInputStream(path), HexFormat.of().formatHex(digest.digest()));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "The archive " + path + " can't be read by the router: " + e.getMessage() + ".", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
    }
}
