package io.jenkins.plugins.dedalus.github.command;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubClients;
import io.jenkins.plugins.dedalus.github.api.GitHubHttp;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import io.jenkins.plugins.dedalus.github.api.PullFacts;
import io.jenkins.plugins.dedalus.github.publish.CommandOutcome;
import io.jenkins.plugins.dedalus.github.publish.GitHubTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From an event that says something to what GitHub itself says, through real sockets. */
class CommandHandlerTest {
    @RegisterExtension
    static final WireMockExtension GITHUB = WireMockExtension.newInstance()
            .options(options().dynamicPort().bindAddress("127.0.0.1"))
            .build();

    private static final String REPO = "/api/v3/repos/acme/shop/";
    private static final String HEAD = "a1".repeat(20);
    private static final String NEXT = "b2".repeat(20);
    private static final String COMMENT = REPO + "issues/comments/5";
    private static final String PERMISSION = REPO + "collaborators/alice/permission";

    @TempDir
    Path home;

    private final GitHubTime time = new GitHubTime();
    private final List<String> done = new ArrayList<>();
    private final List<CommandOutcome> notices = new ArrayList<>();
    private final List<String> forbidden = new ArrayList<>();
    private boolean takesCommands = true;
    private String author = "{\"login\": \"alice\", \"id\": 7, \"type\": \"User\"}";
    private String app = "null";
    private String edited;
    private String issue = "12";
    private CommandTargets.Reply reply = CommandTargets.Reply.done();
    private CommandHandler conversation;

    private final class FakeTarget implements CommandTargets.CommandTarget {
        @Override
        public String project() {
            return "shop";
        }

        @Override
        public GitHubLogin login() {
            return new GitHubLogin() {
                @Override
                public String authorization() {
                    return "token secret";
                }

                @Override
                public String app() {
                    return null;
                }

                @Override
                public String name() {
                    return "github-bot";
                }

                @Override
                public String fingerprint() {
                    return "1";
                }
            };
        }

        @Override
        public GitHubAddress address() {
            return new GitHubAddress(HttpUrl.get(GITHUB.baseUrl() + "/api/v3"), "acme", "shop", "12");
        }

        @Override
        public boolean takesCommands() {
            return takesCommands;
        }

        @Override
        public CompletableFuture<CommandTargets.Reply> follow(VerifiedEvent.Order order) {
            done.add(order.command().verb().word() + " by " + order.login());
            return CompletableFuture.completedFuture(reply);
        }

        @Override
        public void forbidden(String sentence) {
            forbidden.add(sentence);
        }

        @Override
        public void answer(CommandOutcome notice) {
            notices.add(notice);
        }

        @Override
        public void reconsider(PullFacts pull) {
            done.add("reconsider " + pull.labels());
        }

        @Override
        public void wakeForReview() {
            done.add("wake for review");
        }
    }

    @BeforeEach
    void start() {
        conversation = conversation();
        GITHUB.stubFor(any(anyUrl()).atPriority(10).willReturn(jsonResponse("{\"message\": \"Not Found\"}", 404)));
        pull("open", HEAD, "[]", "[]");
        may("write", "write");
    }

    private CommandHandler conversation() {
        OkHttpClient client = GitHubClients.of(new OkHttpClient());
        return new CommandHandler(
                event -> List.of(new FakeTarget()),
                new EventVerifier(new GitHubHttp(client), time),
                new SpentComments(home.resolve("dedalus")),
                time);
    }

    private void comment(String body) {
        comment(body, time.instant().minusSeconds(5));
    }

    private void comment(String body, Instant written) {
        GITHUB.stubFor(get(COMMENT)
                .willReturn(jsonResponse(
                                """
                        {"id": 5, "body": "%s", "user": %s, "performed_via_github_app": %s, "created_at": "%s",
                         "updated_at": "%s", "issue_url": "%s/api/v3/repos/acme/shop/issues/%s",
                         "author_association": "OWNER", "html_url": "https://github.example/acme/shop/pull/12#c5"}
                        """.formatted(
                                                body,
                                                author,
                                                app,
                                                written,
                                                edited == null ? written : edited,
                                                GITHUB.baseUrl(),
                                                issue),
                                200)
                        .withHeader(
                                "Date",
                                java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                        time.instant().atZone(java.time.ZoneOffset.UTC)))));
    }

    private static void pull(String state, String head, String labels, String reviewers) {
        GITHUB.stubFor(
                get(REPO + "pulls/12").willReturn(jsonResponse("""
                        {"number": 12, "state": "%s", "draft": false, "head": {"sha": "%s"}, "labels": %s,
                         "requested_reviewers": %s, "requested_teams": []}
                        """.formatted(state, head, labels, reviewers), 200)));
    }

    private static void may(String permission, String role) {
        GITHUB.stubFor(get(PERMISSION)
                .willReturn(jsonResponse(
                        "{\"permission\": \"%s\", \"role_name\": \"%s\", \"user\": {\"id\": 7, \"login\": \"alice\"}}"
                                .formatted(permission, role),
                        200)));
    }

    private java.util.Optional<Duration> hear() {
        return conversation.follow(UnverifiedEvent.of(Events.comment("created", 5, "/preview wake"))
                .orElseThrow());
    }

    private void expectNothing() {
        assertThat(hear()).isEmpty();
        assertThat(done).isEmpty();
        assertThat(notices).isEmpty();
    }

    @Test
    void aWriterWakesAndIsAnsweredByAReaction() {
        comment("/preview wake");
        assertThat(hear()).isEmpty();
        assertThat(done).containsExactly("wake by alice");
        assertThat(notices).singleElement().satisfies(notice -> {
            assertThat(notice.reaction()).isEqualTo("+1");
            assertThat(notice.comment()).isEqualTo(5);
            assertThat(notice.sentence()).isNull();
        });
    }

    @Test
    void whatTheEventSaysCountsForNothing() {
        // The event says that eve wants a wake; GitHub says that alice wants the previews to sleep.
        comment("/preview sleep");
        hear();
        assertThat(done).containsExactly("sleep by alice");
    }

    @Test
    void aForgedEventOfACommentThatThereIsNotDoesNothing() {
        assertThat(hear()).contains(Duration.ofSeconds(2));
        assertThat(done).isEmpty();
        assertThat(notices).isEmpty();
        GITHUB.verify(1, getRequestedFor(anyUrl()));
    }

    @Test
    void aCommentOfAnotherPullRequestDoesNothing() {
        issue = "112";
        comment("/preview wake");
        expectNothing();
    }

    @Test
    void anEditedCommentDoesNothing() {
        edited = time.instant().toString();
        comment("/preview wake");
        expectNothing();
    }

    @Test
    void aBotsCommentDoesNothing() {
        author = "{\"login\": \"alice\", \"id\": 7, \"type\": \"Bot\"}";
        comment("/preview wake");
        expectNothing();
        author = "{\"login\": \"dependabot[bot]\", \"id\": 8, \"type\": \"User\"}";
        comment("/preview wake");
        expectNothing();
        author = "{\"login\": \"alice\", \"id\": 7, \"type\": \"User\"}";
        app = "{\"id\": 3}";
        comment("/preview wake");
        expectNothing();
        author = "null";
        comment("/preview wake");
        expectNothing();
    }

    @Test
    void anOldCommentDoesNothingByGitHubsClock() {
        comment("/preview wake", time.instant().minus(Duration.ofMinutes(61)));
        expectNothing();
    }

    @Test
    void aCommentThatSaysSomethingElseByNowDoesNothing() {
        comment("Never mind.");
        expectNothing();
    }

    @Test
    void aProjectThatTakesNoCommandsAsksGitHubNothing() {
        takesCommands = false;
        comment("/preview wake");
        expectNothing();
        GITHUB.verify(0, getRequestedFor(anyUrl()));
    }

    @Test
    void anEventThatComesTwiceIsFollowedOnceAlsoAfterARestart() {
        comment("/preview wake");
        hear();
        hear();
        conversation = conversation();
        hear();
        assertThat(done).containsExactly("wake by alice");
        assertThat(notices).hasSize(1);
        GITHUB.verify(1, getRequestedFor(urlEqualTo(COMMENT)));
    }

    @Test
    void whatCantBeWrittenDownIsNotFollowed() throws Exception {
        Files.writeString(home.resolve("dedalus"), "a file in the directory's place");
        comment("/preview wake");
        org.assertj.core.api.Assertions.assertThatThrownBy(this::hear).hasMessageContaining("can't be written");
        assertThat(done).isEmpty();
    }

    @Test
    void followedCommentsAreForgottenOnceTheyAreOld() throws Exception {
        Path file = home.resolve("github-commands.json");
        SpentComments spent = new SpentComments(home);
        Instant now = time.instant();
        assertThat(spent.spend("shop", 1, now, now)).isTrue();
        assertThat(spent.spend("shop", 1, now, now)).isFalse();
        assertThat(spent.spend("other", 1, now, now)).isTrue();
        Instant later = now.plus(Duration.ofHours(3));
        assertThat(spent.spend("shop", 2, later, later)).isTrue();
        assertThat(Files.readString(file)).contains("2 shop").doesNotContain("1 shop");
        Files.writeString(file, "{\"half");
        assertThat(new SpentComments(home).spend("shop", 2, later, later)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"read, triage", "none, ''", "read, read"})
    void strangersGetAReactionAndNoWords(String permission, String role) {
        may(permission, role);
        comment("/preview teardown");
        hear();
        assertThat(done).isEmpty();
        assertThat(notices).singleElement().satisfies(notice -> {
            assertThat(notice.reaction()).isEqualTo("-1");
            assertThat(notice.sentence()).isNull();
        });
    }

    @Test
    void somebodyWhoIsNoCollaboratorIsAStrangerWhateverTheCommentSays() {
        GITHUB.stubFor(get(PERMISSION).willReturn(jsonResponse("{\"message\": \"Not Found\"}", 404)));
        comment("/preview wake");
        hear();
        assertThat(done).isEmpty();
        assertThat(notices).extracting(CommandOutcome::reaction).containsExactly("-1");
    }

    @Test
    void aLoginThatWentOverToSomebodyElseLendsNothing() {
        may("admin", "admin");
        author = "{\"login\": \"alice\", \"id\": 8, \"type\": \"User\"}";
        comment("/preview teardown");
        hear();
        assertThat(done).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "write, write, false",
        "write, maintain, true",
        "admin, admin, true",
    })
    void onlyMaintainersTakeDownAndApprove(String permission, String role, boolean may) {
        may(permission, role);
        comment("/preview teardown");
        hear();
        assertThat(done).hasSize(may ? 1 : 0);
        assertThat(notices).singleElement().satisfies(notice -> {
            assertThat(notice.reaction()).isEqualTo(may ? "+1" : "-1");
            assertThat(String.valueOf(notice.sentence())).contains(may ? "null" : "maintain or administer");
        });
    }

    @Test
    void anApprovalIsOfTheNewestCommitOrOfNone() {
        may("admin", "admin");
        comment("/preview approve " + HEAD);
        // Somebody pushes between the comment and its event.
        pull("open", NEXT, "[]", "[]");
        hear();
        assertThat(done).isEmpty();
        assertThat(notices).singleElement().satisfies(notice -> {
            assertThat(notice.reaction()).isEqualTo("confused");
            assertThat(notice.sentence()).contains(NEXT, "another one");
        });
    }

    @Test
    void anApprovalByAMaintainerIsFollowed() {
        may("write", "maintain");
        comment("/preview approve " + HEAD);
        hear();
        assertThat(done).containsExactly("approve by alice");
    }

    @Test
    void whatCameOfItIsSaid() {
        reply = CommandTargets.Reply.refused("There is no preview.");
        comment("/preview wake");
        hear();
        assertThat(notices).singleElement().satisfies(notice -> {
            assertThat(notice.reaction()).isEqualTo("confused");
            assertThat(notice.sentence()).isEqualTo("There is no preview.");
            assertThat(notice.text()).isEqualTo("/preview wake");
        });
    }

    @ParameterizedTest
    @CsvSource({"403, Retry-After, 17, 17", "429, X-Other, 1, 60", "502, X-Other, 1, 60", "429, Retry-After, 99999, 900"
    })
    void aLimitIsWaitedOutAndNothingIsLost(int status, String header, String value, long seconds) {
        GITHUB.stubFor(get(COMMENT).willReturn(aResponse().withStatus(status).withHeader(header, value)));
        assertThat(hear()).contains(Duration.ofSeconds(seconds));
        comment("/preview wake");
        assertThat(hear()).isEmpty();
        assertThat(done).containsExactly("wake by alice");
    }

    @Test
    void noAnswerIsTriedAgainAndARefusalIsNot() {
        GITHUB.stubFor(get(COMMENT).willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
        assertThat(hear()).contains(Duration.ofMinutes(1));
        GITHUB.stubFor(get(COMMENT)
                .willReturn(jsonResponse("{\"message\": \"Resource not accessible by integration\"}", 403)));
        expectNothing();
        assertThat(forbidden).singleElement().asString().contains("403", COMMENT);
    }

    @Test
    void credentialsThatMayNotReadWhatAnAuthorMayDoAreTold() {
        GITHUB.stubFor(get(PERMISSION)
                .willReturn(jsonResponse(
                        "{\"message\": \"Must have push access to view collaborator permission.\"}", 403)));
        comment("/preview wake");
        expectNothing();
        assertThat(forbidden).singleElement().asString().contains("403", PERMISSION);
    }

    @Test
    void theEventQueueTriesAFewTimesAndTakesOnlySoManyOfARepository() {
        List<Duration> at = new ArrayList<>();
        EventQueue queue = new EventQueue(time, event -> {
            at.add(time.passed());
            return java.util.Optional.of(Duration.ofSeconds(2));
        });
        UnverifiedEvent event = UnverifiedEvent.of(Events.pull("labeled")).orElseThrow();
        queue.take(event, Duration.ofSeconds(5));
        time.pass(Duration.ofMinutes(5));
        assertThat(at).extracting(Duration::toSeconds).containsExactly(5L, 7L, 9L, 11L);
        at.clear();
        for (int i = 0; i < 1000; i++) {
            queue.take(event, Duration.ZERO);
        }
        time.pass(Duration.ofMinutes(1));
        assertThat(at).hasSize(299 * 4);
        time.pass(Duration.ofHours(1));
        at.clear();
        queue.take(event, Duration.ZERO);
        time.pass(Duration.ofMinutes(1));
        assertThat(at).hasSize(4);
    }

    @Test
    void labelsAreReadFromThePullRequest() {
        pull("open", HEAD, "[{\"name\": \"No-Preview\"}]", "[]");
        conversation.follow(UnverifiedEvent.of(Events.pull("labeled")).orElseThrow());
        assertThat(done).containsExactly("reconsider [no-preview]");
    }

    @Test
    void aRequestedReviewWakesOnceForEachReviewer() {
        UnverifiedEvent event =
                UnverifiedEvent.of(Events.pull("review_requested")).orElseThrow();
        conversation.follow(event);
        assertThat(done).as("GitHub knows no reviewer").isEmpty();
        pull("open", HEAD, "[]", "[{\"id\": 9}]");
        conversation.follow(event);
        conversation.follow(event);
        assertThat(done).containsExactly("wake for review");
        pull("open", HEAD, "[]", "[{\"id\": 9}, {\"id\": 10}]");
        conversation.follow(event);
        assertThat(done).hasSize(2);
        pull("closed", HEAD, "[]", "[{\"id\": 11}]");
        conversation.follow(event);
        assertThat(done).hasSize(2);
    }
}
