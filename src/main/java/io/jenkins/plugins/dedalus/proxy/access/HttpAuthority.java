package io.jenkins.plugins.dedalus.proxy.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * A Jenkins with the plugin as authority. docs/security.md defines the calls: {@code dedalus/authorize} for browsers,
 * {@code dedalus/router/redeem} and {@code dedalus/router/check} for routers with a token.
 */
public final class HttpAuthority implements Authority {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MOST_AT_ONCE = 256;
    private static final int LONGEST_ANSWER = 64 * 1024;

    private final URI jenkins;
    private final String authorization;
    private final HttpClient http;
    private final Duration patience;
    private final Semaphore slots = new Semaphore(MOST_AT_ONCE);

    /**
     * Talks to a Jenkins.
     *
     * @param jenkins its root address
     * @param token the router's credential there: {@code user:api-token} goes as Basic, anything else as Bearer
     * @param executor handles answers
     */
    public HttpAuthority(URI jenkins, String token, Executor executor) {
        this(jenkins, token, executor, TIMEOUT);
    }

    /** @param patience until an answer must be there as a whole */
    HttpAuthority(URI jenkins, String token, Executor executor, Duration patience) {
        String root = jenkins.toString();
        this.jenkins = URI.create(root.endsWith("/") ? root : root + "/");
        this.authorization = authorization(token);
        this.patience = patience;
        this.http = HttpClient.newBuilder()
                .executor(executor)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** The Authorization header of a router's token. */
    public static String authorization(String token) {
        return token.contains(":")
                ? "Basic " + Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8))
                : "Bearer " + token;
    }

    @Override
    public URI authorizeUrl(String host, String state) {
        return jenkins.resolve("dedalus/authorize?host=" + encode(host) + "&state=" + encode(state));
    }

    @Override
    public CompletionStage<Verdict> redeem(String code, String host, String state) {
        ObjectNode body =
                JSON.createObjectNode().put("code", code).put("host", host).put("state", state);
        return ask("redeem", body, null);
    }

    @Override
    public CompletionStage<Verdict> check(String session, String host) {
        return ask("check", JSON.createObjectNode().put("session", session).put("host", host), session);
    }

    private CompletionStage<Verdict> ask(String what, ObjectNode body, String session) {
        if (!slots.tryAcquire()) {
            return CompletableFuture.failedFuture(new IOException("Too many questions to Jenkins are open already."));
        }
        HttpRequest request = HttpRequest.newBuilder(jenkins.resolve("dedalus/router/" + what))
                .timeout(patience)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        return ShortAnswers.ask(http, request, LONGEST_ANSWER, patience)
                .whenComplete((response, failure) -> slots.release())
                .thenApply(response -> verdict(response, session));
    }

    /** Only a well-formed yes or no counts; anything else means that Jenkins can't be asked now. */
    private Verdict verdict(HttpResponse<byte[]> response, String session) {
        if (response.statusCode() != 200) {
            throw new IllegalStateException(sentence(response.statusCode()));
        }
        JsonNode json;
        try {
            json = JSON.readTree(new String(response.body(), StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "Jenkins answered " + response.uri() + " with something that is no JSON.", e);
        }
        if (!json.path("allowed").isBoolean()) {
            throw new IllegalStateException("Jenkins' answer to " + response.uri() + " has no boolean \"allowed\".");
        }
        if (!json.path("allowed").asBoolean()) {
            return new Verdict.Denied(json.path("message").asText("Jenkins says no."));
        }
        String token = json.path("session").asText(session);
        if (token == null) {
            throw new IllegalStateException("Jenkins' answer to " + response.uri() + " has no \"session\".");
        }
        Duration lifetime =
                Duration.ofSeconds(Math.max(0, json.path("expiresInSeconds").asLong(1800)));
        return new Verdict.Allowed(token, json.path("viewer").asText(null), lifetime);
    }

    private String sentence(int status) {
        return switch (status) {
            case 401, 403 ->
                "Jenkins at " + jenkins + " refuses this router's token (" + status
                        + "): check the token file and the permissions of its user.";
            case 404 -> "Jenkins at " + jenkins + " has no dedalus/router: is the plugin installed there?";
            default -> "Jenkins at " + jenkins + " answered " + status + ".";
        };
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
