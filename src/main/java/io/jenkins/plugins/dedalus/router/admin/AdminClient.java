package io.jenkins.plugins.dedalus.router.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** Talks to the serving process' admin API. Blocking; one per command. */
public final class AdminClient {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path state;
    private final AdminAddress address;
    private final HttpClient http;

    private AdminClient(Path state, AdminAddress address) {
        this.state = state;
        this.address = address;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .proxy(HttpClient.Builder.NO_PROXY)
                .build();
    }

    /**
     * Finds the process that serves a state directory.
     *
     * @throws AdminException when there is none
     */
    public static AdminClient of(Path state) {
        return new AdminClient(state, AdminAddress.read(state));
    }

    /** A path below {@code /api/v1/}, with each part encoded. */
    public static String path(String... parts) {
        StringBuilder out = new StringBuilder("/api/v1");
        for (String part : parts) {
            out.append('/')
                    .append(URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"));
        }
        return out.toString();
    }

    /** A GET; the answer's JSON. */
    public JsonNode get(String path) {
        return single(request(path).GET().timeout(Duration.ofSeconds(60)).build());
    }

    /** A POST with a short answer. */
    public JsonNode post(String path, JsonNode body) {
        return single(request(path)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .timeout(Duration.ofSeconds(60))
                .build());
    }

    /**
     * A POST whose answer is a stream of JSON lines.
     *
     * @param progress gets every event but the last
     * @return the last event's {@code preview}
     * @throws AdminException with the sentence of an {@code error} event
     */
    public JsonNode stream(String path, JsonNode body, Consumer<JsonNode> progress) {
        HttpRequest request = request(path)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        try {
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                if (response.statusCode() >= 400) {
                    throw refused(response.statusCode(), lines.readLine());
                }
                return events(lines, progress);
            }
        } catch (IOException e) {
            throw broken(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static JsonNode events(BufferedReader lines, Consumer<JsonNode> progress) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            JsonNode event = JSON.readTree(line);
            switch (event.path("event").asText()) {
                case "result":
                    return event.path("preview");
                case "error":
                    throw new AdminException(
                            kind(event.path("code").asText()),
                            event.path("message").asText());
                default:
                    progress.accept(event);
            }
        }
        throw new AdminException(
                AdminException.Kind.FAILED,
                "The router ended before the operation did. The ledger knows where it stands: start the router again and run"
                        + " the same command.");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.url().resolve(path))
                .header("Authorization", "Bearer " + address.token())
                .header("Content-Type", "application/json");
    }

    private JsonNode single(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 400) {
                throw refused(response.statusCode(), response.body());
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw broken(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private AdminException broken(IOException e) {
        if (e instanceof ConnectException || e.getCause() instanceof ConnectException) {
            return AdminAddress.noRouter(state, e);
        }
        return new AdminException(
                AdminException.Kind.FAILED,
                "The connection to the router at " + address.url() + " broke: " + e.getMessage()
                        + ". Run the command again: it goes on where the ledger stands.",
                e);
    }

    private static AdminException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AdminException(AdminException.Kind.FAILED, "Interrupted; the router goes on by itself.", e);
    }

    private static AdminException refused(int status, String body) {
        try {
            JsonNode error = JSON.readTree(body == null ? "" : body);
            if (error.hasNonNull("message")) {
                return new AdminException(
                        kind(error.path("code").asText()), error.path("message").asText());
            }
        } catch (JsonProcessingException e) {
            return new AdminException(
                    AdminException.Kind.FAILED,
                    "The admin port answered " + status + " with something that is no JSON.",
                    e);
        }
        return new AdminException(AdminException.Kind.FAILED, "The admin port answered " + status + ".");
    }

    private static AdminException.Kind kind(String code) {
        for (AdminException.Kind kind : AdminException.Kind.values()) {
            if (kind.name().equalsIgnoreCase(code)) {
                return kind;
            }
        }
        return AdminException.Kind.FAILED;
    }
}
