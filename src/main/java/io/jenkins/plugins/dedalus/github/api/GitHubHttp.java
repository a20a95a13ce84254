package io.jenkins.plugins.dedalus.github.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Locale;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Single calls of GitHub's API. Sends nothing twice and waits for no limit: whoever calls decides about both, because a call
 * that makes something may have done so though its answer got lost.
 */
@Restricted(NoExternalUse.class)
public final class GitHubHttp {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final MediaType TYPE = MediaType.get("application/json");
    private static final long LONGEST_ANSWER = 8L << 20;
    /** The older ones are what GitHub Enterprise Server's versions of old want for transient environments and links. */
    private static final String ACCEPT = "application/vnd.github+json, application/vnd.github.ant-man-preview+json,"
            + " application/vnd.github.flash-preview+json";

    private final OkHttpClient client;

    /**
     * An answer.
     *
     * @param status the HTTP status
     * @param headers its headers
     * @param body its JSON; missing if there was none
     */
    public record Answer(int status, Headers headers, JsonNode body) {
        private static final int FORBIDDEN = 403;
        private static final int TOO_MANY = 429;

        /** Whether it did what was asked for. */
        public boolean ok() {
            return status / 100 == 2;
        }

        /** What GitHub says about it; empty if nothing. */
        public String message() {
            return body.path("message").asText("");
        }

        /** Whether too much was asked of GitHub, which it says in several ways, also with the status of a missing permission. */
        public boolean limited() {
            return status == TOO_MANY
                    || status == FORBIDDEN
                            && (headers.get("Retry-After") != null
                                    || "0".equals(headers.get("X-RateLimit-Remaining"))
                                    || message().toLowerCase(Locale.ROOT).contains("rate limit"));
        }

        /** What the thing is called that this is about; null if it says no id. */
        public Long id() {
            return body.path("id").canConvertToLong() && body.path("id").asLong() > 0
                    ? Long.valueOf(body.path("id").asLong())
                    : null;
        }
    }

    /**
     * Makes calls.
     *
     * @param client one that doesn't retry by itself
     */
    public GitHubHttp(OkHttpClient client) {
        this.client = client;
    }

    /**
     * Makes a call.
     *
     * @param body null for a GET
     * @throws IOException without an answer, or with one that can't be read
     */
    public Answer call(GitHubLogin login, String method, HttpUrl url, JsonNode body) throws IOException {
        RequestBody sent = body == null ? null : RequestBody.create(JSON.writeValueAsBytes(body), TYPE);
        Request.Builder request = new Request.Builder()
                .url(url)
                .method(method, sent)
                .header("Accept", ACCEPT)
                .header("User-Agent", "dedalus-preview");
        String authorization = login.authorization();
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        try (Response response = client.newCall(request.build()).execute()) {
            return new Answer(response.code(), response.headers(), read(response));
        }
    }

    private static JsonNode read(Response response) throws IOException {
        byte[] bytes = response.peekBody(LONGEST_ANSWER).bytes();
        if (bytes.length == LONGEST_ANSWER) {
            throw new IOException("GitHub's answer is longer than " + LONGEST_ANSWER + " bytes.");
        }
        try {
            JsonNode body = JSON.readTree(bytes);
            return body == null ? MissingNode.getInstance() : body;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            if (response.isSuccessful()) {
                throw new IOException("GitHub's answer is no JSON.", e);
            }
            return MissingNode.getInstance();
        }
    }
}
