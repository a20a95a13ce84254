package io.jenkins.plugins.dedalus.github.publish;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.patch;
import static com.github.tomakehurst.wiremock.client.WireMock.patchRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.jenkins.plugins.dedalus.github.SurfacePart;
import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubClients;
import io.jenkins.plugins.dedalus.github.api.GitHubHttp;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import io.jenkins.plugins.dedalus.github.publish.CallOutcome.Kind;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls of GitHub's API through real sockets, and what its answers mean. */
class GitHubPullRequestRemoteTest {
    @RegisterExtension
    static final WireMockExtension GITHUB = WireMockExtension.newInstance()
            .options(options().dynamicPort().bindAddress("127.0.0.1"))
            .build();

    /** As GitHub Enterprise has it. */
    private static final String REPO = "/api/v3/repos/acme/shop/";

    private static final String COMMENTS = REPO + "issues/12/comments";
    private static final String MARKER = CommentText.marker(Facts.INSTANCE);

    private final GitHubTime time = new GitHubTime();
    private final PermissionRefusals refusals = new PermissionRefusals(time);
    private String app;
    private String fingerprint = "1";
    private GitHubPullRequestRemote remote;

    private final class Login implements GitHubLogin {
        @Override
        public String authorization() {
            return "token secret";
        }

        @Override
        public String app() {
            return app;
        }

        @Override
        public String name() {
            return "github-bot";
        }

        @Override
        public String fingerprint() {
            return fingerprint;
        }
    }

    @BeforeEach
    void connect() {
        HttpUrl api = HttpUrl.get(GITHUB.baseUrl() + "/api/v3");
        remote = new GitHubPullRequestRemote(
                new GitHubHttp(GitHubClients.of(new OkHttpClient())),
                new Answers(time),
                new GitHubAddress(api, "acme", "shop", "12"),
                new Login(),
                refusals,
                MARKER);
    }

    @Test
    void aDeploymentIsTransientAndWaitsForNoOtherStatus() {
        GITHUB.stubFor(post(REPO + "deployments").willReturn(jsonResponse("{\"id\": 7}", 201)));
        assertThat(remote.perform(new PullRequestWrite.MakeDeployment(Facts.ID, Facts.ONE, "Preview")))
                .isEqualTo(CallOutcome.done(7L));
        GITHUB.verify(postRequestedFor(urlEqualTo(REPO + "deployments"))
                .withHeader("Authorization", equalTo("token secret"))
                .withRequestBody(equalToJson("""
                        {"ref": "%s", "task": "dedalus-preview", "environment": "Preview", "auto_merge": false,
                         "required_contexts": [], "transient_environment": true, "production_environment": false,
                         "description": "A preview of the pull request", "payload": {"preview": "%s"}}
                        """.formatted(Facts.ONE, Facts.ID))));
    }

    @Test
    void itsStatusLeavesOtherPullRequestsAlone() {
        GITHUB.stubFor(post(REPO + "deployments/7/statuses").willReturn(jsonResponse("{\"id\": 8}", 201)));
        PullRequestWrite set = new PullRequestWrite.SetDeployment(
                Facts.ID, 7, "success", Facts.URL, Facts.LOG, "The preview is ready.");
        assertThat(remote.perform(set).kind()).isEqualTo(Kind.DONE);
        GITHUB.verify(postRequestedFor(urlEqualTo(REPO + "deployments/7/statuses"))
                .withRequestBody(equalToJson("""
                        {"state": "success", "environment_url": "%s", "log_url": "%s", "auto_inactive": false,
                         "description": "The preview is ready."}
                        """.formatted(Facts.URL, Facts.LOG))));
    }

    @Test
    void aPostWhoseAnswerGetsLostIsSentOnce() {
        // Also on a connection that was good before, where the client would like to try another one.
        page(1);
        remote.perform(new PullRequestWrite.FindComment());
        GITHUB.stubFor(post(REPO + "deployments").willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
        GITHUB.stubFor(post(COMMENTS).willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));
        assertThat(remote.perform(new PullRequestWrite.MakeDeployment(Facts.ID, Facts.ONE, "Preview"))
                        .kind())
                .isEqualTo(Kind.UNKNOWN);
        assertThat(remote.perform(new PullRequestWrite.MakeComment(MARKER)).kind())
                .isEqualTo(Kind.UNKNOWN);
        GITHUB.verify(1, postRequestedFor(urlEqualTo(REPO + "deployments")));
        GITHUB.verify(1, postRequestedFor(urlEqualTo(COMMENTS)));
    }

    @Test
    void aDeploymentIsFoundAgainByCommitTaskAndPayload() {
        GITHUB.stubFor(get(urlPathEqualTo(REPO + "deployments"))
                .willReturn(jsonResponse("""
                        [{"id": 1, "sha": "%1$s", "payload": {"preview": "another"}},
                         {"id": 2, "sha": "%2$s", "payload": {"preview": "%3$s"}},
                         {"id": 3, "sha": "%1$s", "payload": {"preview": "%3$s"}}]
                        """.formatted(Facts.ONE, Facts.TWO, Facts.ID), 200)));
        assertThat(remote.perform(new PullRequestWrite.FindDeployment(Facts.ID, Facts.ONE, "Preview"))
                        .id())
                .isEqualTo(3);
        GITHUB.verify(getRequestedFor(urlPathEqualTo(REPO + "deployments"))
                .withQueryParam("sha", equalTo(Facts.ONE))
                .withQueryParam("task", equalTo("dedalus-preview"))
                .withQueryParam("environment", equalTo("Preview")));
    }

    private static String comment(long id, long user, String appId, String body) {
        return "{\"id\": %d, \"user\": {\"id\": %d}, \"performed_via_github_app\": %s, \"body\": \"%s\"}"
                .formatted(id, user, appId == null ? "null" : "{\"id\": " + appId + "}", body);
    }

    private void page(int number, String... comments) {
        GITHUB.stubFor(get(urlPathEqualTo(COMMENTS))
                .withQueryParam("page", equalTo(Integer.toString(number)))
                .willReturn(jsonResponse("[" + String.join(",", comments) + "]", 200)));
    }

    @Test
    void amongAHundredAndOneCommentsOursIsFoundAndNoPlantedOne() {
        GITHUB.stubFor(get("/api/v3/user").willReturn(jsonResponse("{\"id\": 42}", 200)));
        String[] first = IntStream.range(0, 100)
                .mapToObj(each -> comment(each + 1, 666, null, MARKER + " planted"))
                .toArray(String[]::new);
        page(1, first);
        page(2, comment(101, 42, null, MARKER + "\\n### Preview"));
        assertThat(remote.perform(new PullRequestWrite.FindComment())).isEqualTo(CallOutcome.done(101L));
        GITHUB.verify(1, getRequestedFor(urlEqualTo("/api/v3/user")));
    }

    @Test
    void quotedMarkersAndOtherJenkinsesCommentsAreNotOurs() {
        GITHUB.stubFor(get("/api/v3/user").willReturn(jsonResponse("{\"id\": 42}", 200)));
        page(
                1,
                comment(1, 42, null, "> " + MARKER),
                comment(2, 42, null, CommentText.marker("another")),
                "{\"id\": 3, \"user\": null, \"body\": null}");
        assertThat(remote.perform(new PullRequestWrite.FindComment())).isEqualTo(CallOutcome.done(null));
    }

    @Test
    void anAppKnowsItsCommentsByItself() {
        app = "4711";
        page(1, comment(1, 42, null, MARKER), comment(2, 43, "12", MARKER), comment(3, 43, "4711", MARKER));
        assertThat(remote.perform(new PullRequestWrite.FindComment())).isEqualTo(CallOutcome.done(3L));
    }

    @Test
    void aDeletedCommentIsGone() {
        GITHUB.stubFor(patch(urlEqualTo(REPO + "issues/comments/5")).willReturn(jsonResponse("{}", 404)));
        assertThat(remote.perform(new PullRequestWrite.EditComment(5, "x")).kind())
                .isEqualTo(Kind.GONE);
        GITHUB.verify(patchRequestedFor(urlEqualTo(REPO + "issues/comments/5")));
    }

    @Test
    void aMissingPermissionIsNamedAndNotTriedAgainUntilTheCredentialsChange() {
        GITHUB.stubFor(post(REPO + "deployments")
                .willReturn(jsonResponse("{\"message\": \"Resource not accessible by integration\"}", 403)));
        CallOutcome outcome = remote.perform(new PullRequestWrite.MakeDeployment(Facts.ID, Facts.ONE, "Preview"));
        assertThat(outcome.kind()).isEqualTo(Kind.FORBIDDEN);
        assertThat(remote.refused()).containsExactly(SurfacePart.DEPLOYMENT);
        assertThat(refusals.sentences())
                .singleElement()
                .asString()
                .contains("Resource not accessible by integration", "acme/shop", "github-bot", "Deployments: write");
        time.pass(Duration.ofHours(23));
        assertThat(remote.refused()).containsExactly(SurfacePart.DEPLOYMENT);
        fingerprint = "2";
        assertThat(remote.refused()).isEmpty();
        assertThat(refusals.sentences()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "201, '{\"message\": \"created, but without an id\"}', UNKNOWN",
        "401, '{\"message\": \"Bad credentials\"}', FORBIDDEN",
        "403, '{\"message\": \"Must have push access\"}', FORBIDDEN",
        "403, '{\"message\": \"Repository was archived so is read-only.\"}', DROPPED",
        "403, '{\"message\": \"You have exceeded a secondary rate limit\"}', LIMITED",
        "404, '{\"message\": \"Not Found\"}', FORBIDDEN",
        "409, '{\"message\": \"Conflict merging main\"}', DROPPED",
        "422, '{\"message\": \"No ref found for: a1\"}', DROPPED",
        "429, '', LIMITED",
        "500, '<html>', UNKNOWN",
        "503, '', UNKNOWN",
        "200, '<html>a proxy says hello</html>', UNKNOWN"
    })
    void whatAnswersMean(int status, String body, Kind kind) {
        GITHUB.stubFor(post(REPO + "deployments")
                .willReturn(aResponse().withStatus(status).withBody(body)));
        assertThat(remote.perform(new PullRequestWrite.MakeDeployment(Facts.ID, Facts.ONE, "Preview"))
                        .kind())
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "403, Retry-After, 90, 90",
        "429, Retry-After, 5, 5",
        "429, Retry-After, 999999, 3600",
        "429, Retry-After, Wed 21 Oct, ",
        "429, X-Other, 1, "
    })
    void howLongGitHubWantsToBeLeftAlone(int status, String header, String value, Long seconds) {
        GITHUB.stubFor(post(REPO + "deployments")
                .willReturn(aResponse().withStatus(status).withHeader(header, value)));
        CallOutcome outcome = remote.perform(new PullRequestWrite.MakeDeployment(Facts.ID, Facts.ONE, "Preview"));
        assertThat(outcome.kind()).isEqualTo(Kind.LIMITED);
        assertThat(outcome.pause()).isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
    }

    @Test
    void theLastCallsOfTheHourAreLeftToScans() {
        long reset = time.instant().plusSeconds(1200).getEpochSecond();
        GITHUB.stubFor(post(REPO + "deployments")
                .willReturn(jsonResponse("{\"id\": 7}", 201)
                        .withHeader("X-RateLimit-Limit", "5000")
                        .withHeader("X-RateLimit-Remaining", "249")
                        .withHeader("X-RateLimit-Reset", Long.toString(reset))));
        assertThat(remote.perform(new PullRequestWrite.MakeDeployment(Facts.ID, Facts.ONE, "Preview")))
                .isEqualTo(CallOutcome.done(7L).pausing(Duration.ofSeconds(1200)));
    }

    @Test
    void aRenamedRepositoryIsFollowedWithTheSameBody() {
        GITHUB.stubFor(post(COMMENTS)
                .willReturn(
                        aResponse().withStatus(307).withHeader("Location", GITHUB.baseUrl() + "/repositories/4/c")));
        GITHUB.stubFor(post("/repositories/4/c").willReturn(jsonResponse("{\"id\": 9}", 201)));
        assertThat(remote.perform(new PullRequestWrite.MakeComment("hello"))).isEqualTo(CallOutcome.done(9L));
        GITHUB.verify(postRequestedFor(urlEqualTo("/repositories/4/c"))
                .withRequestBody(equalToJson("{\"body\": \"hello\"}")));
    }

    @Test
    void noErrorHoldsTheToken() {
        GITHUB.stubFor(post(COMMENTS)
                .inScenario("errors")
                .whenScenarioStateIs(Scenario.STARTED)
                .willReturn(aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK)));
        String said = IntStream.range(0, 3)
                .mapToObj(each ->
                        remote.perform(new PullRequestWrite.MakeComment("x")).toString())
                .collect(Collectors.joining());
        assertThat(said).doesNotContain("secret");
    }

    @Test
    void aReactionIsTheCommandsAndADeletedCommandIsGone() {
        String reactions = REPO + "issues/comments/900/reactions";
        GITHUB.stubFor(post(reactions).willReturn(jsonResponse("{\"id\": 3}", 200)));
        assertThat(remote.perform(new PullRequestWrite.React(900, "+1")).kind()).isEqualTo(Kind.DONE);
        GITHUB.verify(postRequestedFor(urlEqualTo(reactions)).withRequestBody(equalToJson("{\"content\": \"+1\"}")));
        GITHUB.stubFor(post(reactions).willReturn(jsonResponse("{\"message\": \"Not Found\"}", 404)));
        assertThat(remote.perform(new PullRequestWrite.React(900, "+1")).kind()).isEqualTo(Kind.GONE);
        GITHUB.stubFor(post(reactions)
                .willReturn(jsonResponse("{\"message\": \"Resource not accessible by integration\"}", 403)));
        assertThat(remote.perform(new PullRequestWrite.React(900, "+1")).kind()).isEqualTo(Kind.FORBIDDEN);
        assertThat(remote.refused()).containsExactly(SurfacePart.ANSWER);
    }
}
