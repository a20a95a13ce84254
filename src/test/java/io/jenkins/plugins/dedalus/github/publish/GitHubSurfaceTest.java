package io.jenkins.plugins.dedalus.github.publish;

import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.http.RequestMethod;
import hudson.ExtensionList;
import hudson.model.Result;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.build.ForkApproval;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.github.GitHubFixture;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.testing.Patience;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** From a pull request on GitHub to its build, its deployment and comment, and its close. */
@WithJenkins
@ExtendWith(Patience.class)
class GitHubSurfaceTest extends GitHubFixture {
    private static final String COMMENTS = FakeGitHub.REPO + "/issues/12/comments";
    private static final String COMMENT = FakeGitHub.REPO + "/issues/comments/5";
    private static final String DEPLOYMENTS = FakeGitHub.REPO + "/deployments";
    private static final String STATUSES = DEPLOYMENTS + "/7/statuses";

    @Test
    void anAppTellsOfEachCommitAndOfTheCloseWhenTheJobIsGone() throws Exception {
        app();
        github.pullRequest("open", Facts.ONE, "acme", jenkinsfile("one"));
        WorkflowMultiBranchProject project = project();
        WorkflowRun first = build(project);
        await().until(() -> !github.sent(RequestMethod.POST, COMMENTS).isEmpty());
        PreviewRecord record = PreviewEngines.get().records().get(0);
        String link = r.getURL() + "dedalus/open/" + record.key().id() + "/";

        assertThat(github.sent(RequestMethod.POST, DEPLOYMENTS)).singleElement().satisfies(made -> {
            assertThat(made.path("ref").asText()).isEqualTo(Facts.ONE);
            assertThat(made.path("payload").path("preview").asText())
                    .isEqualTo(record.key().id());
        });
        List<JsonNode> statuses = github.sent(RequestMethod.POST, STATUSES);
        assertThat(states(statuses)).endsWith("success");
        assertThat(statuses.get(statuses.size() - 1).path("environment_url").asText())
                .isEqualTo(link);
        assertThat(statuses.get(0).path("log_url").asText()).isEqualTo(r.getURL() + first.getUrl());
        assertThat(github.sent(RequestMethod.POST, COMMENTS)).singleElement().satisfies(comment -> assertThat(
                        comment.path("body").asText())
                .startsWith("<!-- dedalus-preview ")
                .contains("**[Open the preview](" + link + ")**", "<code>a1a1a1a1a1</code>", "Ready."));
        assertThat(github.sent(RequestMethod.POST, TOKENS)).isNotEmpty().allSatisfy(asked -> assertThat(
                        asked.path("permissions"))
                .as("what the installation has, and nothing else")
                .isEqualTo(FakeGitHub.json(
                        "{\"deployments\": \"write\", \"pull_requests\": \"write\", \"statuses\": \"write\"}")));

        github.pullRequest("closed", Facts.ONE, "acme", jenkinsfile("one"));
        scan(project);
        assertThat(project.getItem("PR-12")).isNull();
        await().until(() -> states(github.sent(RequestMethod.POST, STATUSES)).contains("inactive"));
        await().untilAsserted(() -> assertThat(github.sent(RequestMethod.PATCH, COMMENT))
                .last()
                .satisfies(comment -> assertThat(comment.path("body").asText())
                        .contains("Closed. Its data is kept until")
                        .doesNotContain("Open the preview")));
    }

    @Test
    void whatATokenMayNotWriteIsToldByAMonitorAndFailsNoBuild() throws Exception {
        token();
        github.server()
                .stubFor(post(DEPLOYMENTS)
                        .willReturn(jsonResponse(
                                "{\"message\": \"Resource not accessible by personal access token\"}", 403)));
        github.pullRequest("open", Facts.ONE, "acme", jenkinsfile("one"));
        build(project());
        await().until(() -> !github.sent(RequestMethod.POST, COMMENTS).isEmpty());
        assertThat(github.sent(RequestMethod.POST, DEPLOYMENTS)).hasSize(1);
        GitHubSurface.Refused monitor = ExtensionList.lookupSingleton(GitHubSurface.Refused.class);
        assertThat(monitor.isActivated()).isTrue();
        assertThat(monitor.getSentences())
                .singleElement()
                .asString()
                .contains("acme/shop", "credentials github", "Deployments: write")
                .doesNotContain("ghp_token");
    }

    /** The branch source writes statuses too. */
    private List<JsonNode> ours(String path) {
        return github.sent(RequestMethod.POST, path).stream()
                .filter(each -> each.path("context").asText().equals("dedalus/preview"))
                .toList();
    }

    @Test
    void aForksCommitWaitsThereForItsApprovalToo() throws Exception {
        token();
        DedalusGlobalConfiguration.get().setForksAllowed(true);
        DedalusGlobalConfiguration.get().save();
        github.pullRequest("open", Facts.ONE, "stranger", jenkinsfile("one"));
        WorkflowMultiBranchProject project = project();
        WorkflowRun waiting =
                r.assertBuildStatus(Result.NOT_BUILT, project.getItem("PR-12").getLastBuild());
        String status = FakeGitHub.REPO + "/statuses/" + Facts.ONE;
        await().until(() -> states(ours(status)).contains("pending"));
        assertThat(github.sent(RequestMethod.POST, COMMENTS)).singleElement().satisfies(comment -> assertThat(
                        comment.path("body").asText())
                .contains("must read and approve it", r.getURL() + waiting.getUrl())
                .doesNotContain("Open the preview"));
        assertThat(github.sent(RequestMethod.POST, DEPLOYMENTS)).isEmpty();

        waiting.getAction(ForkApproval.class).doApprove();
        r.waitUntilNoActivity();
        build(project);
        await().until(() -> states(ours(status)).contains("success"));
        assertThat(states(ours(status))).containsExactly("pending", "success");
    }
}
