package io.jenkins.plugins.dedalus.github.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which comments are commands, and which events are worth a look. */
class CommandTest {
    private static final String HASH = "a1".repeat(20);

    @ParameterizedTest
    @CsvSource({
        "/preview, STATE",
        "' /preview\n', STATE",
        "/preview wake, WAKE",
        "/Preview  SLEEP, SLEEP",
        "'/preview\trebuild\r\n', REBUILD",
        "/preview logs, LOGS",
        "/preview teardown, TEARDOWN"
    })
    void aCommandIsTheWholeOfAComment(String body, Verb verb) {
        assertThat(Command.of(body)).hasValueSatisfying(command -> {
            assertThat(command.verb()).isEqualTo(verb);
            assertThat(command.mistake()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "please /preview wake",
                "> /preview teardown",
                "`/preview wake`",
                "/previews are nice",
                "/preview/wake",
                "preview wake"
            })
    void textsThatMentionOneAreNone(String body) {
        assertThat(Command.of(body)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/preview explode, There is no such command",
        "/preview now, There is no such command",
        "/preview wake up, takes nothing after it",
        "'/preview wake\nand thanks', There is no such command",
        "/preview wake up and sleep, There is no such command",
        "/preview approve, whole hash",
        "/preview approve a1a1a1a, whole hash",
        "/preview extend, says how much longer",
        "/preview extend soon, says how much longer",
        "/preview pin 7d, takes nothing after it",
        "/preview 💥, There is no such command"
    })
    void whatIsWrongIsSaid(String body, String sentence) {
        assertThat(Command.of(body).orElseThrow().mistake())
                .hasValueSatisfying(said -> assertThat(said).contains(sentence));
    }

    @Test
    void anApprovalNamesOneCommit() {
        Command command = Command.of("/preview approve " + HASH.toUpperCase(java.util.Locale.ROOT))
                .orElseThrow();
        assertThat(command.mistake()).isEmpty();
        assertThat(command.argument()).isEqualTo(HASH);
    }

    @Test
    void aLongCommentIsNoneAndTakesNoTime() {
        String long1 = "/preview " + "a".repeat(65_527);
        String long2 = "/preview " + " \t".repeat(32_763);
        String long3 = " ".repeat(65_536);
        org.junit.jupiter.api.Assertions.assertTimeout(Duration.ofSeconds(30), () -> {
            for (String each : new String[] {long1, long2, long3}) {
                assertThat(Command.of(each)).isEmpty();
                assertThat(UnverifiedEvent.of(Events.comment("created", 5, each)))
                        .isEmpty();
            }
        });
    }

    @Test
    void aCommandOfACommentIsALook() {
        assertThat(UnverifiedEvent.of(Events.comment("created", 5, "/preview wake")))
                .hasValueSatisfying(event -> {
                    assertThat(event)
                            .isEqualTo(new UnverifiedEvent(
                                    "github.example", "acme", "shop", "12", UnverifiedEvent.Kind.COMMAND, 5));
                    assertThat(event.isOf("GITHUB.example", "Acme", "Shop")).isTrue();
                    assertThat(event.isOf("github.com", "acme", "shop")).isFalse();
                });
        assertThat(UnverifiedEvent.of(Events.comment("edited", 5, "/preview wake")))
                .isEmpty();
        assertThat(UnverifiedEvent.of(Events.comment("deleted", 5, "/preview wake")))
                .isEmpty();
        assertThat(UnverifiedEvent.of(Events.comment("created", 5, "Nice."))).isEmpty();
        assertThat(UnverifiedEvent.of(
                        Events.comment("created", 5, "/preview wake").replace("\"pull_request\"", "\"other\"")))
                .as("of an issue")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "labeled, WISH",
        "unlabeled, WISH",
        "converted_to_draft, WISH",
        "ready_for_review, WISH",
        "review_requested, REVIEW"
    })
    void soAreLabelsDraftsAndReviews(String action, UnverifiedEvent.Kind kind) {
        assertThat(UnverifiedEvent.of(Events.pull(action))).hasValueSatisfying(event -> {
            assertThat(event.kind()).isEqualTo(kind);
            assertThat(event.number()).isEqualTo("12");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"opened", "synchronize", "closed", "", "made-up", "\\u0000"})
    void otherPullRequestEventsAreTheBranchSourcesBusiness(String action) {
        assertThat(UnverifiedEvent.of(Events.pull(action))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "\"x\"",
                "{\"action\": \"created\"}",
                "{\"action\": {\"a\": 1}, \"comment\": []}",
                "{\"action\": \"labeled\", \"pull_request\": {\"number\": -1}}",
                "{\"action\": \"labeled\", \"pull_request\": {\"number\": 99999999999999}, \"repository\": {}}",
                "not JSON"
            })
    void eventsThatMakeNoSenseAreNone(String payload) {
        assertThat(UnverifiedEvent.of(payload)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../user", "acme/other", "a b", "x?y", "%2e%2e", ""})
    void aNameThatIsNoneLeadsNowhere(String owner) {
        assertThat(UnverifiedEvent.of(Events.pull("labeled").replace("\"acme\"", "\"" + owner + "\"")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "admin, admin, MAINTAINER",
        "write, maintain, MAINTAINER",
        "write, write, WRITER",
        "write, our-own-role, WRITER",
        "write, '', WRITER",
        "read, triage, READER",
        "read, maintain, READER",
        "none, '', READER",
        "'', admin, READER",
        "owner, admin, READER"
    })
    void whatSomebodyMayDoIsWhatGitHubSays(String permission, String role, Role expected) throws Exception {
        String body = "{\"permission\": \"" + permission + "\", \"role_name\": \"" + role + "\"}";
        assertThat(Role.of(new ObjectMapper().readTree(body))).isEqualTo(expected);
    }
}
