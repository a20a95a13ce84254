package io.jenkins.plugins.dedalus.gc;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.dedalus.build.PreviewAction;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.steps.World;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jenkins.scm.impl.mock.MockChangeRequestFlags;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Pull requests of forks: nobody's code gets a machine before somebody read it. */
@WithJenkins
class ForkPullRequestTest extends PullRequestFixture {
    private void pushOfFork(int fork, String word, String more) throws Exception {
        scm.addFile(REPOSITORY, "change-request/" + fork, "Say " + word, "Jenkinsfile", """
                dedalusPreview deploy: 'test -z "$TOKEN$OTHER"; printf %s > version', start: '%s', env: [TOKEN: 'private'], secrets: [OTHER: 'nobody-has-it']%s
                """.formatted(
                        word, World.serve(), more)
                .getBytes(StandardCharsets.UTF_8));
    }

    private void approve(WorkflowRun build) throws Exception {
        try (JenkinsRule.WebClient web = r.createWebClient()) {
            web.getPage(web.addCrumb(
                    new WebRequest(new URL(r.getURL(), build.getUrl() + "dedalus-approval/approve"), HttpMethod.POST)));
        }
        r.waitUntilNoActivity();
    }

    @Test
    void eachCommitOfAForkWaitsForAnApprovalAndGetsNoSecrets() throws Exception {
        int fork = scm.openChangeRequest(REPOSITORY, "master", MockChangeRequestFlags.FORK);
        pushOfFork(fork, "fork", "");
        WorkflowMultiBranchProject project = project("p", REPOSITORY);
        WorkflowRun refused =
                r.assertBuildStatus(Result.FAILURE, job(project, fork).getLastBuild());
        r.assertLogContains("comes from a fork: it gets no preview.", refused);

        DedalusGlobalConfiguration.get().setForksAllowed(true);
        DedalusGlobalConfiguration.get().save();
        DedalusGlobalConfiguration.get().save();
        WorkflowRun waiting = r.buildAndAssertStatus(Result.NOT_BUILT, job(project, fork));
        assertThat(World.log(waiting))
                .contains("gets no machine until somebody who may manage previews approves it.")
                .doesNotContain("\tat ");
        assertThat(world.machines()).as("the other pull request's").hasSize(1);

        approve(waiting);
        WorkflowRun allowed = r.assertBuildStatusSuccess(job(project, fork).getLastBuild());
        assertThat(allowed.getNumber()).isEqualTo(waiting.getNumber() + 1);
        r.assertLogContains("it gets no secret environment", allowed);
        String url = PreviewAction.of(allowed).get(0).getUrl();
        assertThat(World.get(url)).isEqualTo("fork");
        r.assertLogContains("was approved by", allowed);
        for (WorkflowRun build : List.copyOf(job(project, fork).getBuilds())) {
            build.delete();
        }
        r.buildAndAssertSuccess(job(project, fork));

        pushOfFork(fork, "other", "");
        scan(project);
        WorkflowRun again =
                r.assertBuildStatus(Result.NOT_BUILT, job(project, fork).getLastBuild());
        r.assertLogContains("approves it", again);
        assertThat(World.get(url)).as("what was approved stays").isEqualTo("fork");

        pushOfFork(fork, "third", ", failBuild: false");
        scan(project);
        WorkflowRun goesOn = r.assertBuildStatusSuccess(job(project, fork).getLastBuild());
        r.assertLogContains("The build goes on, for failBuild is false.", goesOn);
        assertThat(World.get(url)).isEqualTo("fork");
    }
}
