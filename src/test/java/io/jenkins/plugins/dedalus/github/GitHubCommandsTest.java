package io.jenkins.plugins.dedalus.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.github.tomakehurst.wiremock.http.RequestMethod;
import hudson.ExtensionList;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.build.SkippedPreview;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.github.command.GitHubCause;
import io.jenkins.plugins.dedalus.github.command.GitHubEvents;
import io.jenkins.plugins.dedalus.github.publish.Facts;
import io.jenkins.plugins.dedalus.github.publish.FakeGitHub;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.scm.Approval;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.testing.Patience;
import java.util.List;
import java.util.stream.Stream;
import org.jenkinsci.plugins.github.extension.GHEventsSubscriber;
import org.jenkinsci.plugins.github.extension.GHSubscriberEvent;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.kohsuke.github.GHEvent;

/** From a comment, a label or a requested review on GitHub to the machine, the build and the answer. */
@WithJenkins
@ExtendWith(Patience.class)
class GitHubCommandsTest extends GitHubFixture {
    private static final String COMMENTS = FakeGitHub.REPO + "/issues/12/comments";
    private static final String COMMENT = FakeGitHub.REPO + "/issues/comments/5";

    private long commands = 900;

    private String repository() {
        return """
                {"name": "shop", "full_name": "acme/shop", "owner": {"login": "acme"}, "html_url": "%s/acme/shop"}
                """.formatted(github.server().baseUrl());
    }

    private static void send(GHEvent event, String payload) {
        GHEventsSubscriber.processEvent(new GHSubscriberEvent("test", event, payload))
                .apply(ExtensionList.lookupSingleton(GitHubEvents.class));
    }

    /** Somebody writes a command; waits for the reaction to it. */
    private String comment(String login, String body) {
        long id = commands++;
        github.comment(id, login, body);
        event(id, body);
        String reactions = FakeGitHub.REPO + "/issues/comments/" + id + "/reactions";
        await().until(() -> !github.sent(RequestMethod.POST, reactions).isEmpty());
        return github.sent(RequestMethod.POST, reactions).get(0).path("content").asText();
    }

    private void event(long id, String body) {
        send(GHEvent.ISSUE_COMMENT, """
                {"action": "created", "issue": {"number": 12, "pull_request": {}}, "comment": {"id": %d, "body": "%s"},
                 "repository": %s}
                """.formatted(
                        id, new String(JsonStringEncoder.getInstance().quoteAsString(body)), repository()));
    }

    private void pullEvent(String action) {
        send(GHEvent.PULL_REQUEST, """
                {"action": "%s", "pull_request": {"number": 12}, "repository": %s}
                """.formatted(action, repository()));
    }

    private String phase() {
        return world.machines().get(0).phase();
    }

    private static PreviewRecord record() {
        return PreviewEngines.get().records().get(0);
    }

    /** What our comment said, as it was made and edited. */
    private List<String> words() {
        return Stream.concat(
                        github.sent(RequestMethod.POST, COMMENTS).stream(),
                        github.sent(RequestMethod.PATCH, COMMENT).stream())
                .map(each -> each.path("body").asText())
                .toList();
    }

    @Test
    void peopleCommandAPreviewAsFarAsGitHubLetsThem() throws Exception {
        token();
        github.may("alice", "write", "write");
        github.may("maria", "write", "maintain");
        github.may("eve", "read", "read");
        github.pullRequest("open", Facts.ONE, "acme", jenkinsfile("one"));
        WorkflowMultiBranchProject project = project();
        build(project);
        WorkflowJob job = project.getItem("PR-12");

        assertThat(comment("alice", "/preview sleep")).isEqualTo("+1");
        await().until(() -> "sleeping".equals(phase()));
        assertThat(comment("eve", "/preview wake")).isEqualTo("-1");
        assertThat(phase()).isEqualTo("sleeping");
        assertThat(comment("alice", "/preview wake")).isEqualTo("+1");
        assertThat(phase()).isNotEqualTo("sleeping");

        assertThat(comment("alice", "/preview rebuild")).isEqualTo("+1");
        r.waitUntilNoActivity();
        assertThat(job.getLastBuild().getNumber()).isEqualTo(2);
        assertThat(job.getLastBuild().getCause(GitHubCause.class).getShortDescription())
                .contains("alice", "/preview rebuild");

        assertThat(comment("alice", "/preview explode")).isEqualTo("confused");
        await().until(() -> words().stream().anyMatch(edit -> edit.contains("There is no such command")));
        assertThat(comment("alice", "/preview logs")).isEqualTo("+1");
        await().until(() -> words().stream().anyMatch(edit -> edit.contains("Finished: SUCCESS")));

        assertThat(comment("maria", "/preview extend 7d")).as("it has no end").isEqualTo("confused");
        await().until(() -> words().stream().anyMatch(edit -> edit.contains("Nothing is to be extended")));
        assertThat(comment("alice", "/preview pin")).isEqualTo("-1");
        assertThat(comment("maria", "/preview pin")).isEqualTo("+1");
        assertThat(record().lifetime().pinned()).isTrue();

        assertThat(comment("alice", "/preview teardown")).isEqualTo("-1");
        assertThat(record().down()).isFalse();
        assertThat(comment("maria", "/preview teardown")).isEqualTo("+1");
        assertThat(PreviewEngines.get().records()).isEmpty();
        assertThat(world.machines()).isEmpty();
        assertThat(comment("alice", "/preview wake")).isEqualTo("confused");
        await().until(() -> words().stream().anyMatch(edit -> edit.contains("has no preview")));
    }

    @Test
    void aProjectWithoutCommandsListensToNobody() throws Exception {
        token();
        github.may("alice", "admin", "admin");
        github.pullRequest("open", Facts.ONE, "acme", jenkinsfile("one"));
        PreviewsTrait trait = new PreviewsTrait();
        trait.setCommands(false);
        build(project(trait));
        github.comment(900, "alice", "/preview teardown");
        event(900, "/preview teardown");
        // Whatever follows from the first event has happened when the second one's has.
        github.pullRequest("open", Facts.ONE, "acme", jenkinsfile("one"), "\"labels\": [{\"name\": \"no-preview\"}]");
        pullEvent("labeled");
        await().until(() -> record().down());
        assertThat(record().closing().reason()).contains("no-preview");
        assertThat(github.sent(RequestMethod.POST, FakeGitHub.REPO + "/issues/comments/900/reactions"))
                .isEmpty();
    }

    @Test
    void aForksCommitIsApprovedFromThePullRequestAndNoOther() throws Exception {
        token();
        DedalusGlobalConfiguration.get().setForksAllowed(true);
        DedalusGlobalConfiguration.get().save();
        github.may("maria", "write", "maintain");
        github.pullRequest("open", Facts.ONE, "stranger", jenkinsfile("one"));
        WorkflowMultiBranchProject project = project();
        r.assertBuildStatus(Result.NOT_BUILT, project.getItem("PR-12").getLastBuild());

        // Somebody pushes after maria has read the first commit.
        github.pullRequest("open", Facts.TWO, "stranger", jenkinsfile("two"));
        assertThat(comment("maria", "/preview approve " + Facts.ONE)).isEqualTo("confused");
        assertThat(PreviewJobs.get().approval(project.getItem("PR-12"), Facts.ONE))
                .isEmpty();
        github.pullRequest("open", Facts.ONE, "stranger", jenkinsfile("one"));
        assertThat(comment("maria", "/preview approve " + Facts.ONE)).isEqualTo("+1");
        r.waitUntilNoActivity();
        build(project);
        assertThat(PreviewJobs.get().approval(project.getItem("PR-12"), Facts.ONE))
                .map(Approval::by)
                .contains("maria on GitHub");
        assertThat(record().commit()).isEqualTo(Facts.ONE);
    }

    private void labels(String... names) {
        String labels = String.join(
                ",",
                java.util.Arrays.stream(names)
                        .map(each -> "{\"name\": \"" + each + "\"}")
                        .toList());
        github.pullRequest(
                "open", Facts.ONE, "acme", jenkinsfile("one"), "\"labels\": [" + labels + "], \"draft\": false");
    }

    @Test
    void aLabelBringsAPreviewAndItsRemovalTakesItAway() throws Exception {
        token();
        labels();
        PreviewsTrait trait = new PreviewsTrait();
        trait.setWhen("label");
        WorkflowMultiBranchProject project = project(trait);
        build(project);
        WorkflowJob job = project.getItem("PR-12");
        assertThat(job.getLastBuild().getAction(SkippedPreview.class).getReason())
                .contains("the label preview");
        assertThat(PreviewEngines.get().records()).isEmpty();

        pullEvent("labeled");
        pullEvent("labeled");
        labels("preview");
        // Events that say so though GitHub didn't yet built nothing; one and the same change builds once.
        pullEvent("labeled");
        pullEvent("labeled");
        await().until(() -> job.getLastBuild().getNumber() >= 2);
        r.waitUntilNoActivity();
        pullEvent("labeled");
        await().until(() -> PreviewEngines.get().records().stream().anyMatch(each -> each.deployedAt() != null));
        assertThat(job.getLastBuild().getNumber()).isEqualTo(2);
        assertThat(job.getLastBuild().getCause(GitHubCause.class)).isNotNull();

        labels();
        pullEvent("unlabeled");
        await().until(() -> record().down());
        assertThat(record().state()).isEqualTo(PreviewState.CLOSING);
        assertThat(record().closing().reason()).contains("label preview");

        labels("preview");
        pullEvent("labeled");
        await().until(() -> job.getLastBuild().getNumber() >= 3);
        r.waitUntilNoActivity();
        assertThat(record().down()).isFalse();
    }

    @Test
    void aDraftGetsOneWhenItIsReady() throws Exception {
        token();
        github.pullRequest("open", Facts.ONE, "acme", jenkinsfile("one"), "\"labels\": [], \"draft\": true");
        PreviewsTrait trait = new PreviewsTrait();
        trait.setDrafts(false);
        WorkflowMultiBranchProject project = project(trait);
        build(project);
        assertThat(PreviewEngines.get().records()).isEmpty();
        github.pullRequest("open", Facts.ONE, "acme", jenkinsfile("one"));
        pullEvent("ready_for_review");
        await().until(() -> PreviewEngines.get().records().stream().anyMatch(each -> each.deployedAt() != null));
    }

    @Test
    void somebodyAsksForTheFirstPreviewByACommand() throws Exception {
        token();
        github.may("alice", "write", "write");
        github.pullRequest("open", Facts.ONE, "acme", jenkinsfile("one"));
        PreviewsTrait trait = new PreviewsTrait();
        trait.setWhen("command");
        WorkflowMultiBranchProject project = project(trait);
        build(project);
        assertThat(PreviewEngines.get().records()).isEmpty();
        pullEvent("labeled");
        assertThat(comment("alice", "/preview rebuild")).isEqualTo("+1");
        r.waitUntilNoActivity();
        Run<?, ?> second = build(project);
        assertThat(second.getNumber()).isEqualTo(2);
        assertThat(record().commit()).isEqualTo(Facts.ONE);
        // It goes on without being asked for again.
        github.pullRequest("open", Facts.TWO, "acme", jenkinsfile("two"));
        r.assertBuildStatusSuccess(project.getItem("PR-12").scheduleBuild2(0));
        assertThat(record().commit()).isEqualTo(Facts.TWO);
    }

    @Test
    void aRequestedReviewWakesThePreview() throws Exception {
        token();
        github.may("alice", "write", "write");
        github.pullRequest("open", Facts.ONE, "acme", jenkinsfile("one"));
        build(project());
        assertThat(comment("alice", "/preview sleep")).isEqualTo("+1");
        await().until(() -> "sleeping".equals(phase()));
        pullEvent("review_requested");
        github.pullRequest(
                "open",
                Facts.ONE,
                "acme",
                jenkinsfile("one"),
                "\"labels\": [], \"requested_reviewers\": [{\"id\": 31, \"login\": \"bob\"}]");
        pullEvent("review_requested");
        await().until(() -> !"sleeping".equals(phase()));
    }
}
