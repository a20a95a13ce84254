package io.jenkins.plugins.dedalus.github.publish;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.patch;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static com.github.tomakehurst.wiremock.matching.RequestPatternBuilder.newRequestPattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.http.RequestMethod;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** A GitHub Enterprise with one repository, {@code acme/shop}, and one pull request, as far as Jenkins asks it. */
public final class FakeGitHub implements AutoCloseable {
    public static final String REPO = "/api/v3/repos/acme/shop";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WireMockServer server =
            new WireMockServer(options().dynamicPort().bindAddress("127.0.0.1").maxRequestJournalEntries(2000));

    public FakeGitHub() {
        server.start();
        server.stubFor(any(anyUrl()).atPriority(10).willReturn(jsonResponse("{\"message\": \"Not Found\"}", 404)));
        String limit = "{\"limit\": 5000, \"remaining\": 4999, \"reset\": 4000000000}";
        answer(
                "/api/v3/rate_limit",
                "{\"resources\": {\"core\": %1$s, \"search\": %1$s, \"graphql\": %1$s,".formatted(limit)
                        + " \"integration_manifest\": " + limit + "}}");
        answer("/api/v3/", "{\"rate_limit_url\": \"" + api() + "/rate_limit\"}");
        answer("/api/v3", "{\"rate_limit_url\": \"" + api() + "/rate_limit\"}");
        answer("/api/v3/user", "{\"login\": \"bot\", \"id\": 42, \"type\": \"User\"}");
        answer("/api/v3/users/acme", "{\"login\": \"acme\", \"id\": 1, \"type\": \"Organization\"}");
        answer(REPO, repository());
        answer(REPO + "/collaborators", "[]");
        answer(REPO + "/issues/12/comments", "[]");
        server.stubFor(post(REPO + "/deployments").willReturn(jsonResponse("{\"id\": 7}", 201)));
        server.stubFor(
                post(urlMatching(REPO + "/deployments/\\d+/statuses")).willReturn(jsonResponse("{\"id\": 8}", 201)));
        server.stubFor(post(REPO + "/issues/12/comments").willReturn(jsonResponse("{\"id\": 5}", 201)));
        server.stubFor(patch(urlMatching(REPO + "/issues/comments/\\d+")).willReturn(jsonResponse("{\"id\": 5}", 200)));
        server.stubFor(post(urlMatching(REPO + "/statuses/[0-9a-f]{40}")).willReturn(jsonResponse("{\"id\": 9}", 201)));
    }

    public WireMockServer server() {
        return server;
    }

    public String api() {
        return server.baseUrl() + "/api/v3";
    }

    public void answer(String path, String body) {
        server.stubFor(get(urlPathEqualTo(path)).willReturn(jsonResponse(body, 200)));
    }

    private String repository() {
        return """
                {"id": 4, "name": "shop", "full_name": "acme/shop", "private": true,
                 "url": "%1$s/repos/acme/shop", "html_url": "%2$s/acme/shop",
                 "owner": {"login": "acme", "id": 1, "type": "Organization"}}
                """.formatted(api(), server.baseUrl());
    }

    /** The pull request's state, and the Jenkinsfile of its newest commit. */
    public void pullRequest(String state, String commit, String headOwner, String jenkinsfile) {
        pullRequest(state, commit, headOwner, jenkinsfile, "\"labels\": [], \"draft\": false");
    }

    /** As above, with labels, a draft state or reviewers, as JSON. */
    public void pullRequest(String state, String commit, String headOwner, String jenkinsfile, String more) {
        String repository = repository();
        String head = repository.replace("acme", headOwner);
        String pull = """
                {"id": 5, "number": 12, "state": "%s", "title": "Say more", "html_url": "%s/acme/shop/pull/12",
                 "user": {"login": "%s", "id": 77}, "mergeable": true, %s,
                 "head": {"ref": "feature", "sha": "%s", "user": {"login": "%s"}, "repo": %s},
                 "base": {"ref": "main", "sha": "%s", "user": {"login": "acme"}, "repo": %s}}
                """.formatted(
                        state, server.baseUrl(), headOwner, more, commit, headOwner, head, "b".repeat(40), repository);
        answer(REPO + "/pulls/12", pull);
        answer(REPO + "/pulls", "open".equals(state) ? "[" + pull + "]" : "[]");
        String file = """
                {"type": "file", "name": "Jenkinsfile", "path": "Jenkinsfile", "encoding": "base64", "size": %d,
                 "sha": "%s", "content": "%s", "url": "%s", "download_url": "%s/raw/%s/Jenkinsfile"}
                """.formatted(
                        jenkinsfile.length(),
                        "c".repeat(40),
                        Base64.getEncoder().encodeToString(jenkinsfile.getBytes(StandardCharsets.UTF_8)),
                        api() + "/repos/acme/shop/contents/Jenkinsfile",
                        server.baseUrl(),
                        commit);
        answer(REPO + "/contents/", "[" + file + "]");
        answer(REPO + "/contents/Jenkinsfile", file);
        server.stubFor(get("/raw/" + commit + "/Jenkinsfile").willReturn(ok(jenkinsfile)));
    }

    /** What somebody wrote just now. */
    public void comment(long id, String login, String body) {
        String now = java.time.Instant.now()
                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                .toString();
        answer(REPO + "/issues/comments/" + id, """
                {"id": %d, "body": "%s", "user": {"login": "%s", "id": %d, "type": "User"}, "created_at": "%s",
                 "updated_at": "%s", "issue_url": "%s/repos/acme/shop/issues/12", "html_url": "%s/acme/shop/pull/12#c"}
                """.formatted(
                        id, body, login, login.hashCode(), now, now, api(), server.baseUrl()));
        server.stubFor(
                post(REPO + "/issues/comments/" + id + "/reactions").willReturn(jsonResponse("{\"id\": 3}", 201)));
    }

    /** What somebody may do. */
    public void may(String login, String permission, String role) {
        answer(
                REPO + "/collaborators/" + login + "/permission",
                "{\"permission\": \"%s\", \"role_name\": \"%s\", \"user\": {\"login\": \"%s\", \"id\": %d}}"
                        .formatted(permission, role, login, login.hashCode()));
    }

    /** What was sent to a path, oldest first. */
    public List<JsonNode> sent(RequestMethod method, String path) {
        return server.findAll(newRequestPattern(method, urlPathEqualTo(path))).stream()
                .sorted(java.util.Comparator.comparing(LoggedRequest::getLoggedDate))
                .map(request -> json(request.getBodyAsString()))
                .toList();
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.stop();
    }
}
