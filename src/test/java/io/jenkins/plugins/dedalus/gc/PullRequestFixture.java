package io.jenkins.plugins.dedalus.gc;

import com.cloudbees.hudson.plugins.folder.computed.DefaultOrphanedItemStrategy;
import hudson.model.Queue;
import hudson.model.TaskListener;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.steps.World;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jenkins.branch.BranchSource;
import jenkins.scm.api.SCMEvent;
import jenkins.scm.api.SCMHeadEvent;
import jenkins.scm.api.trait.SCMSourceTrait;
import jenkins.scm.impl.mock.MockChangeRequestFlags;
import jenkins.scm.impl.mock.MockRepositoryFlags;
import jenkins.scm.impl.mock.MockSCMController;
import jenkins.scm.impl.mock.MockSCMDiscoverChangeRequests;
import jenkins.scm.impl.mock.MockSCMHeadEvent;
import jenkins.scm.impl.mock.MockSCMSource;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.jvnet.hudson.test.JenkinsRule;

/** A Jenkins with a branch source that isn't GitHub, and one open pull request. */
abstract class PullRequestFixture {
    static final String REPOSITORY = "shop";

    JenkinsRule r;
    World world;
    MockSCMController scm;
    int number;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        r = rule;
        world = World.startIn(rule);
        scm = MockSCMController.create();
        repository(REPOSITORY);
        number = open(REPOSITORY, "one");
    }

    @AfterEach
    void stop() {
        scm.close();
        world.close();
    }

    void repository(String name) throws Exception {
        scm.createRepository(name, MockRepositoryFlags.FORKABLE);
        scm.setUrl(name, "https://git.example.com/acme/" + name);
    }

    static String jenkinsfile(String word) {
        return """
                pipeline { agent none
                  stages { stage('Preview') { steps {
                    dedalusPreview deploy: 'printf "%s of $CHANGE_ID" > version', start: '%s'
                } } } }
                """.formatted(word, World.serve());
    }

    int open(String repository, String word, MockChangeRequestFlags... flags) throws Exception {
        int opened = scm.openChangeRequest(repository, "master", flags);
        push(repository, opened, word);
        return opened;
    }

    void push(String repository, int change, String word) throws Exception {
        scm.addFile(
                repository,
                "change-request/" + change,
                "Say " + word,
                "Jenkinsfile",
                jenkinsfile(word).getBytes(StandardCharsets.UTF_8));
    }

    WorkflowMultiBranchProject project(String name, String repository) throws Exception {
        return project(r.jenkins.createProject(WorkflowMultiBranchProject.class, name), repository);
    }

    WorkflowMultiBranchProject project(WorkflowMultiBranchProject project, String repository) throws Exception {
        MockSCMSource source = new MockSCMSource(scm, repository);
        source.setTraits(List.of(new MockSCMDiscoverChangeRequests()));
        project.getSourcesList().add(new BranchSource(source));
        project.setOrphanedItemStrategy(new DefaultOrphanedItemStrategy(true, "0", "0"));
        scan(project);
        return project;
    }

    void scan(WorkflowMultiBranchProject project) throws Exception {
        Queue.Item scan = project.scheduleBuild2(0);
        if (scan != null) {
            scan.getFuture().get();
        }
        r.waitUntilNoActivity();
    }

    void rescan(WorkflowMultiBranchProject project, SCMSourceTrait... traits) throws Exception {
        ((MockSCMSource) project.getSCMSources().get(0)).setTraits(List.of(traits));
        scan(project);
    }

    void tell(SCMEvent.Type type, String repository, int change, String revision) throws Exception {
        SCMHeadEvent.fireNow(new MockSCMHeadEvent("test", type, scm, repository, "CR-" + change, revision));
        r.waitUntilNoActivity();
    }

    /** Once, with what the servers of change requests are asked then. */
    static void reconcile() throws Exception {
        ReconcileWork.run(TaskListener.NULL);
        ChangeQuestions.get().awaitIdle(Duration.ofMinutes(1));
    }

    static String log(WorkflowMultiBranchProject project) throws Exception {
        return Files.readString(project.getIndexing().getLogFile().toPath());
    }

    WorkflowJob job(WorkflowMultiBranchProject project, int change) {
        return project.getItem("CR-" + change);
    }

    PreviewKey key() {
        return PreviewKey.of("https://git.example.com/acme/shop", Integer.toString(number));
    }

    Optional<PreviewRecord> record() {
        return PreviewEngines.get().record(key());
    }
}
