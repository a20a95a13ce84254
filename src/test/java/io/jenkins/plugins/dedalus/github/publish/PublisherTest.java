package io.jenkins.plugins.dedalus.github.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.github.SurfacePart;
import io.jenkins.plugins.dedalus.github.SurfaceSettings;
import io.jenkins.plugins.dedalus.github.publish.CallOutcome.Kind;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import io.jenkins.plugins.dedalus.surface.PreviewFacts;
import io.jenkins.plugins.dedalus.surface.PreviewFacts.Standing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is written, in which order and how fast; time and GitHub are the test's. */
class PublisherTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final GitHubTime time = new GitHubTime();
    private final Map<ChangeRef, PublishedState> disk = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final List<Duration> at = new ArrayList<>();
    private final Deque<CallOutcome> answers = new ArrayDeque<>();
    private final Set<SurfacePart> refused = EnumSet.noneOf(SurfacePart.class);
    private DesiredState wanted = Facts.wanted();
    private long ids = 100;
    private int settled;
    private Publisher publisher = publisher();

    private Publisher publisher() {
        return new Publisher(time, new FakeDesk(), PublisherSettings.DEFAULT);
    }

    private final class FakeDesk implements PublicationState {
        @Override
        public Optional<Task> task(ChangeRef change, String project) {
            PublishedState shown = disk.getOrDefault(change, PublishedState.nothing(change, "shop"));
            return Optional.of(new Task(wanted, shown, new FakeRemote()));
        }

        @Override
        public void keep(PublishedState shown) {
            disk.put(shown.change(), shown);
        }

        @Override
        public void settled(ChangeRef change) {
            settled++;
        }
    }

    private final class FakeRemote implements PullRequestRemote {
        @Override
        public String lane() {
            return "acme";
        }

        @Override
        public Set<SurfacePart> refused() {
            return refused;
        }

        @Override
        public CallOutcome perform(PullRequestWrite write) {
            calls.add(describe(write));
            at.add(time.passed());
            CallOutcome told = answers.poll();
            return told != null ? told : write.looks() ? CallOutcome.done(null) : CallOutcome.done(ids++);
        }
    }

    private static String describe(PullRequestWrite write) {
        String name = write.getClass().getSimpleName();
        if (write instanceof PullRequestWrite.SetDeployment set) {
            return name + " " + set.id() + " " + set.state();
        } else if (write instanceof PullRequestWrite.MakeDeployment make) {
            return name + " " + make.commit().substring(0, 2);
        } else if (write instanceof PullRequestWrite.EditComment edit) {
            return name + " " + edit.id();
        } else if (write instanceof PullRequestWrite.SetStatus status) {
            return name + " " + status.state();
        }
        if (write instanceof PullRequestWrite.React react) {
            return name + " " + react.comment() + " " + react.content();
        }
        return name;
    }

    private List<String> tell(List<CommandOutcome> notices, PreviewFacts... previews) {
        wanted = Facts.wanted(SurfaceSettings.DEFAULT, notices, previews);
        publisher.look(Facts.CHANGE, null);
        time.pass(LONG);
        List<String> done = List.copyOf(calls);
        calls.clear();
        return done;
    }

    private CommandOutcome notice(long comment, String reaction, String sentence) {
        return new CommandOutcome(comment, "alice", "/preview wake", reaction, sentence, List.of(), time.instant());
    }

    private List<String> show(PreviewFacts... previews) {
        wanted = Facts.wanted(previews);
        publisher.look(Facts.CHANGE, null);
        time.pass(LONG);
        List<String> done = List.copyOf(calls);
        calls.clear();
        return done;
    }

    @Test
    void fromTheFirstPushToTheClose() {
        assertThat(show(Facts.of(Standing.BUILDING, Facts.ONE)))
                .containsExactly("MakeDeployment a1", "SetDeployment 100 in_progress");
        assertThat(show(Facts.of(Standing.READY, Facts.ONE)))
                .containsExactly("SetDeployment 100 success", "FindComment", "MakeComment");
        assertThat(show(Facts.of(Standing.BUILDING, Facts.TWO)))
                .containsExactly("MakeDeployment b2", "SetDeployment 104 in_progress");
        assertThat(show(Facts.of(Standing.READY, Facts.TWO)))
                .as("the older one only now that the newer is there")
                .containsExactly("SetDeployment 104 success", "SetDeployment 100 inactive", "EditComment 103");
        assertThat(show(Facts.of(Standing.CLOSING, Facts.TWO)))
                .containsExactly("SetDeployment 104 inactive", "EditComment 103");
        assertThat(show(PreviewFacts.closed(Facts.ID))).containsExactly("EditComment 103");
        assertThat(show(PreviewFacts.closed(Facts.ID))).isEmpty();
        assertThat(settled).isEqualTo(7);
    }

    @Test
    void aCommitCostsFourWritesAndNothingMoreHoweverOftenOneLooks() {
        show(Facts.of(Standing.BUILDING, Facts.ONE));
        List<String> calls = new ArrayList<>(show(Facts.of(Standing.READY, Facts.ONE)));
        assertThat(calls).filteredOn(call -> !call.startsWith("Find")).hasSize(2);
        for (int look = 0; look < 10; look++) {
            assertThat(show(Facts.of(Standing.READY, Facts.ONE))).isEmpty();
        }
    }

    @Test
    void whatChangesQuicklyIsGathered() {
        for (int change = 0; change < 50; change++) {
            wanted = Facts.wanted(Facts.of(change % 2 == 0 ? Standing.BUILDING : Standing.READY, Facts.ONE));
            publisher.look(Facts.CHANGE, null);
            time.pass(Duration.ofMillis(20));
        }
        time.pass(LONG);
        assertThat(calls)
                .containsExactly("MakeDeployment a1", "SetDeployment 100 success", "FindComment", "MakeComment");
    }

    @Test
    void writesAreASecondApartAlsoOfDifferentPullRequests() {
        wanted = Facts.wanted(Facts.of(Standing.READY, Facts.ONE));
        for (int number = 0; number < 5; number++) {
            publisher.look(new ChangeRef("github.com/acme/shop", "" + number), null);
        }
        time.pass(LONG);
        assertThat(calls).hasSize(20);
        for (int call = 1; call < calls.size(); call++) {
            Duration apart = at.get(call).minus(at.get(call - 1));
            assertThat(apart)
                    .isGreaterThanOrEqualTo(
                            calls.get(call - 1).startsWith("Find") ? Duration.ZERO : Duration.ofSeconds(1));
        }
    }

    @Test
    void aLimitIsWaitedOutAsGitHubSaysAndWithoutATimeFromAMinuteToAnHour() {
        answers.add(CallOutcome.of(Kind.LIMITED, "slow down").pausing(Duration.ofSeconds(17)));
        for (int i = 0; i < 8; i++) {
            answers.add(CallOutcome.of(Kind.LIMITED, "secondary limit"));
        }
        wanted = Facts.wanted(Facts.of(Standing.BUILDING, Facts.ONE));
        publisher.look(Facts.CHANGE, null);
        time.pass(Duration.ofHours(8));
        List<Long> apart = new ArrayList<>();
        for (int call = 1; call < at.size(); call++) {
            apart.add(at.get(call).minus(at.get(call - 1)).toSeconds());
        }
        assertThat(apart).containsExactly(17L, 120L, 240L, 480L, 960L, 1920L, 3600L, 3600L, 3600L, 1L);
        assertThat(calls).filteredOn(call -> call.startsWith("Find")).isEmpty();
    }

    @Test
    void aLookDuringAPauseDoesNotEndIt() {
        answers.add(CallOutcome.of(Kind.LIMITED, "slow down").pausing(Duration.ofMinutes(10)));
        wanted = Facts.wanted(Facts.of(Standing.BUILDING, Facts.ONE));
        publisher.look(Facts.CHANGE, null);
        time.pass(Duration.ofSeconds(5));
        publisher.look(Facts.CHANGE, null);
        publisher.look(new ChangeRef("github.com/acme/shop", "13"), null);
        time.pass(Duration.ofMinutes(9));
        assertThat(calls).hasSize(1);
    }

    @Test
    void anAnswerThatGotLostIsLookedForBeforeAnythingIsMadeAgain() {
        answers.add(CallOutcome.of(Kind.UNKNOWN, "no answer"));
        answers.add(CallOutcome.done(77L));
        assertThat(show(Facts.of(Standing.READY, Facts.ONE)))
                .containsExactly(
                        "MakeDeployment a1",
                        "FindDeployment",
                        "SetDeployment 77 success",
                        "FindComment",
                        "MakeComment");
        answers.add(CallOutcome.done(9L));
        answers.add(CallOutcome.done(10L));
        answers.add(CallOutcome.done(11L));
        answers.add(CallOutcome.of(Kind.GONE, "somebody deleted it"));
        answers.add(CallOutcome.of(Kind.UNKNOWN, "no answer"));
        answers.add(CallOutcome.done(78L));
        assertThat(show(Facts.of(Standing.READY, Facts.TWO)))
                .containsExactly(
                        "MakeDeployment b2",
                        "SetDeployment 9 success",
                        "SetDeployment 77 inactive",
                        "EditComment 101",
                        "MakeComment",
                        "FindComment",
                        "EditComment 78");
    }

    @Test
    void aRestartBetweenDeploymentAndStatusGoesOn() {
        wanted = Facts.wanted(Facts.of(Standing.READY, Facts.ONE));
        publisher.look(Facts.CHANGE, null);
        time.pass(Duration.ofMillis(2500));
        assertThat(calls).containsExactly("MakeDeployment a1");
        calls.clear();
        time.stop();
        publisher = publisher();
        assertThat(show(Facts.of(Standing.READY, Facts.ONE)))
                .containsExactly("SetDeployment 100 success", "FindComment", "MakeComment");
    }

    @Test
    void noAnswerIsNotAskedForEverBecauseTheNextLookRepairs() {
        for (int i = 0; i < 6; i++) {
            answers.add(CallOutcome.of(Kind.UNKNOWN, "no answer"));
        }
        wanted = Facts.wanted(Facts.of(Standing.READY, Facts.ONE));
        publisher.look(Facts.CHANGE, null);
        time.pass(Duration.ofDays(1));
        assertThat(calls).hasSize(6);
        calls.clear();
        assertThat(show(Facts.of(Standing.READY, Facts.ONE))).endsWith("MakeComment");
    }

    @Test
    void whatIsRefusedIsLeftAloneAndTheRestGoesOn() {
        refused.add(SurfacePart.DEPLOYMENT);
        assertThat(show(Facts.of(Standing.READY, Facts.ONE))).containsExactly("FindComment", "MakeComment");
        refused.clear();
        assertThat(show(Facts.of(Standing.READY, Facts.ONE)))
                .containsExactly("MakeDeployment a1", "SetDeployment 101 success");
    }

    @Test
    void aCommitThatVanishedIsDropped() {
        answers.add(CallOutcome.of(Kind.DROPPED, "no commit found"));
        assertThat(show(Facts.of(Standing.READY, Facts.ONE)))
                .containsExactly("MakeDeployment a1", "FindComment", "MakeComment");
        assertThat(show(Facts.of(Standing.READY, Facts.ONE))).isEmpty();
        assertThat(show(Facts.of(Standing.READY, Facts.TWO))).startsWith("MakeDeployment b2");
    }

    @Test
    void onlyWhatNeedsAPersonGetsAStatusUnlessTheTeamWantsOneEachTime() {
        assertThat(show(Facts.of(Standing.APPROVAL, Facts.ONE)))
                .containsExactly("FindComment", "MakeComment", "SetStatus pending");
        assertThat(show(Facts.of(Standing.READY, Facts.ONE))).endsWith("SetStatus success");
        assertThat(show(Facts.of(Standing.READY, Facts.TWO))).noneMatch(call -> call.startsWith("SetStatus"));
        assertThat(show(Facts.of(Standing.FAILED, Facts.TWO))).endsWith("SetStatus failure");
        wanted = Facts.wanted(
                new SurfaceSettings("Preview", EnumSet.of(SurfacePart.STATUS), true, true),
                Facts.of(Standing.READY, Facts.ONE));
        publisher.look(Facts.CHANGE, null);
        time.pass(LONG);
        assertThat(calls).containsExactly("SetStatus success");
    }

    @Test
    void aPullRequestThatClosedBeforeAnythingWasSaidStaysQuiet() {
        assertThat(show(Facts.of(Standing.CLOSED, Facts.ONE))).containsExactly("FindComment");
        assertThat(show(Facts.of(Standing.CLOSED, Facts.ONE))).isEmpty();
    }

    @Test
    void aClosingDuringALostAnswerStillEndsTheDeployment() {
        answers.add(CallOutcome.of(Kind.UNKNOWN, "no answer"));
        wanted = Facts.wanted(Facts.of(Standing.BUILDING, Facts.ONE));
        publisher.look(Facts.CHANGE, null);
        time.pass(Duration.ofSeconds(3));
        calls.clear();
        answers.add(CallOutcome.done(55L));
        assertThat(show(Facts.of(Standing.CLOSING, Facts.ONE)))
                .startsWith("FindDeployment", "SetDeployment 55 inactive");
    }

    @Test
    void aCommandIsReactedToOnceAndItsOutcomeSaidByAnEdit() {
        PreviewFacts ready = Facts.of(Standing.READY, Facts.ONE);
        show(ready);
        CommandOutcome done = notice(900, CommandOutcome.DONE, null);
        assertThat(tell(List.of(done), ready)).containsExactly("React 900 +1");
        assertThat(tell(List.of(done), ready)).isEmpty();
        CommandOutcome wrong = notice(901, CommandOutcome.WRONG, "There is no such command.");
        assertThat(tell(List.of(done, wrong), ready)).containsExactly("React 901 confused", "EditComment 102");
        assertThat(tell(List.of(done, wrong), ready)).isEmpty();
        CommandOutcome stranger = notice(902, CommandOutcome.REFUSED, null);
        assertThat(tell(List.of(done, wrong, stranger), ready))
                .as("a stranger changes no words of ours")
                .containsExactly("React 902 -1");
        CommandOutcome later = notice(903, CommandOutcome.DONE, null);
        assertThat(tell(List.of(wrong, stranger, later), ready))
                .as("what was wrong before is of no interest any more")
                .containsExactly("React 903 +1", "EditComment 102");
        assertThat(tell(List.of(), ready)).as("after a restart").isEmpty();
    }

    @Test
    void anAnswerNeedsNoPreview() {
        CommandOutcome wrong = notice(900, CommandOutcome.WRONG, "This pull request has no preview.");
        assertThat(tell(List.of(wrong))).containsExactly("React 900 confused", "FindComment", "MakeComment");
        assertThat(tell(List.of())).containsExactly("EditComment 101");
    }

    @Test
    void aReactionWhoseAnswerGetsLostIsSentAgainAndOneToADeletedCommentIsNot() {
        PreviewFacts ready = Facts.of(Standing.READY, Facts.ONE);
        show(ready);
        answers.add(CallOutcome.of(Kind.UNKNOWN, "no answer"));
        assertThat(tell(List.of(notice(900, CommandOutcome.DONE, null)), ready))
                .containsExactly("React 900 +1", "React 900 +1");
        answers.add(CallOutcome.of(Kind.GONE, "deleted"));
        assertThat(tell(List.of(notice(901, CommandOutcome.DONE, null)), ready)).containsExactly("React 901 +1");
        assertThat(tell(List.of(notice(901, CommandOutcome.DONE, null)), ready)).isEmpty();
        refused.add(SurfacePart.ANSWER);
        assertThat(tell(List.of(notice(902, CommandOutcome.DONE, null)), ready)).isEmpty();
    }
}
