package io.jenkins.plugins.dedalus.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.ExtensionList;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.checks.api.ChecksDetails;
import io.jenkins.plugins.checks.api.ChecksPublisher;
import io.jenkins.plugins.checks.api.ChecksPublisherFactory;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.scm.ChangeSurface;
import io.jenkins.plugins.dedalus.steps.World;
import io.jenkins.plugins.dedalus.testing.Patience;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.mixin.ChangeRequestSCMHead;
import jenkins.scm.impl.mock.MockChangeRequestFlags;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The state of previews as checks, published by whichever plugin can. */
@WithJenkins
@ExtendWith(Patience.class)
class ChecksTest extends PullRequestFixture {
    private List<String> told(WorkflowJob job) {
        return ExtensionList.lookupSingleton(Server.class).told.stream()
                .filter(each -> each.startsWith(job.getName() + " "))
                .toList();
    }

    @Test
    void eachBuildOfAChangeRequestTellsHowItsPreviewStands() throws Exception {
        DedalusGlobalConfiguration.get().setForksAllowed(true);
        DedalusGlobalConfiguration.get().save();
        int fork = scm.openChangeRequest(REPOSITORY, "master", MockChangeRequestFlags.FORK);
        push(REPOSITORY, fork, "fork");
        WorkflowMultiBranchProject project = project("p", REPOSITORY);
        WorkflowJob job = job(project, number);
        WorkflowJob forks = job(project, fork);

        await().untilAsserted(() ->
                assertThat(told(job)).last().isEqualTo(job.getName() + " 1 SUCCESS The preview is ready."));
        await().untilAsserted(() -> assertThat(told(forks))
                .last()
                .asString()
                .startsWith(forks.getName() + " 1 ACTION_REQUIRED A fork's commit"));
        assertThat(ChangeSurface.statesTold(job))
                .as("or a commit status would repeat it")
                .isTrue();

        deploy("touch $HOME/began; while [ ! -f $HOME/go ]; do sleep 0.1; done");
        WorkflowRun slow = job.scheduleBuild2(0).waitForStart();
        await().untilAsserted(() ->
                assertThat(told(job)).last().isEqualTo(job.getName() + " 2 NONE The preview is being built."));
        deploy("exit 3");
        WorkflowRun broken = job.scheduleBuild2(0).waitForStart();
        r.waitForCompletion(slow);
        r.waitForCompletion(broken);

        await().untilAsserted(() -> assertThat(told(job)).last().asString().startsWith(job.getName() + " 3 FAILURE "));
        assertThat(told(job))
                .as("what another build took over from is nothing to be red about")
                .contains(job.getName() + " 2 NEUTRAL A newer build of the change request took its place.")
                .doesNotHaveDuplicates();
    }

    private void deploy(String script) throws Exception {
        scm.addFile(
                REPOSITORY,
                "change-request/" + number,
                "Deploy otherwise",
                "Jenkinsfile",
                "dedalusPreview deploy: '%s', start: '%s'"
                        .formatted(script, World.serve())
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** In place of a plugin that publishes checks. */
    @TestExtension
    public static final class Server extends ChecksPublisherFactory {
        private final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        protected Optional<ChecksPublisher> createPublisher(Run<?, ?> run, TaskListener listener) {
            return isOfChange(run.getParent())
                    ? Optional.of(new ChecksPublisher() {
                        @Override
                        public void publish(ChecksDetails details) {
                            if (details.getName().orElse("").equals("dedalus/preview")) {
                                told.add(run.getParent().getName() + " " + run.getNumber() + " "
                                        + details.getConclusion() + " "
                                        + details.getOutput()
                                                .orElseThrow()
                                                .getTitle()
                                                .orElseThrow());
                            }
                        }
                    })
                    : Optional.empty();
        }

        @Override
        protected Optional<ChecksPublisher> createPublisher(Job<?, ?> job, TaskListener listener) {
            return isOfChange(job)
                    ? Optional.of(new ChecksPublisher() {
                        @Override
                        public void publish(ChecksDetails details) {
                            throw new AssertionError("A preview's check is of a build.");
                        }
                    })
                    : Optional.empty();
        }

        private static boolean isOfChange(Job<?, ?> job) {
            return SCMHead.HeadByItem.findHead(job) instanceof ChangeRequestSCMHead;
        }
    }
}
