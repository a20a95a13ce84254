package io.jenkins.plugins.dedalus.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import io.jenkins.plugins.dedalus.build.PreviewAction;
import io.jenkins.plugins.dedalus.emulator.GitServer;
import io.jenkins.plugins.dedalus.emulator.OnHost;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jenkins.branch.BranchSource;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** {@code source: 'git'} from a private repository: the branch source's credentials fetch, and are nowhere afterwards. */
@WithJenkins
class GitSourceTest {
    private static final String TOKEN = "ghs_token-that-only-the-fetch-may-see";

    @TempDir
    Path directory;

    private JenkinsRule r;
    private World world;
    private GitServer server;
    private Path work;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        r = rule;
        world = World.startOnHostNetwork();
        work = directory.resolve("work");
        OnHost.run(directory, "git", "init", "-q", "-b", "feature", work.toString());
        OnHost.run(
                directory,
                "git",
                "init",
                "-q",
                "--bare",
                directory.resolve("shop.git").toString());
        OnHost.run(directory.resolve("shop.git"), "git", "config", "uploadpack.allowReachableSHA1InWant", "true");
        server = new GitServer(directory, TOKEN);
    }

    @AfterEach
    void stop() {
        server.close();
        world.close();
    }

    private String push(String word) throws Exception {
        Files.writeString(work.resolve("word"), word);
        Files.writeString(work.resolve("Jenkinsfile"), """
                pipeline { agent none
                  stages { stage('Preview') { steps {
                    dedalusPreview changeId: '7', source: 'git', start: '%s',
                        deploy: 'test -z "$(git config --get-all http.extraheader)"; cp word version; git rev-parse HEAD'
                  } } } }
                """.formatted(World.serve()));
        OnHost.run(work, "git", "add", "-A");
        OnHost.run(work, "git", "-c", "user.name=t", "-c", "user.email=t@example.net", "commit", "-q", "-m", word);
        OnHost.run(
                work, "git", "push", "-q", "-f", directory.resolve("shop.git").toString(), "feature");
        return OnHost.run(work, "git", "rev-parse", "HEAD").trim();
    }

    private WorkflowMultiBranchProject project(String password) throws Exception {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new UsernamePasswordCredentialsImpl(
                        CredentialsScope.GLOBAL, "code-host", null, "x-access-token", password));
        SystemCredentialsProvider.getInstance().save();
        WorkflowMultiBranchProject project = r.jenkins.createProject(WorkflowMultiBranchProject.class, "shop");
        GitSCMSource source = new GitSCMSource(server.url("shop.git"));
        source.setCredentialsId("code-host");
        source.setTraits(List.of(new BranchDiscoveryTrait()));
        project.getSourcesList().add(new BranchSource(source));
        return project;
    }

    private WorkflowRun scan(WorkflowMultiBranchProject project) throws Exception {
        project.scheduleBuild2(0).getFuture().get();
        r.waitUntilNoActivity();
        return project.getItem("feature").getLastBuild();
    }

    @Test
    void eachPushIsFetchedOntoTheMachineAndTheTokenIsNowhere() throws Exception {
        String first = push("one");
        WorkflowMultiBranchProject project = project(TOKEN);
        WorkflowRun build = r.assertBuildStatusSuccess(scan(project));
        assertThat(World.log(build)).contains("fetched " + first);
        String url = PreviewAction.of(build).get(0).getUrl();
        assertThat(World.get(url)).isEqualTo("one");
        PreviewRecord record = PreviewJobs.recordsOf(project.getItem("feature")).get(0);
        assertThat(record.commit()).isEqualTo(first);
        assertThat(server.refused()).as("the repository is private").contains("null");

        assertThat(CredentialsProvider.getFingerprintOf(
                        SystemCredentialsProvider.getInstance().getCredentials().stream()
                                .filter(each -> each instanceof UsernamePasswordCredentialsImpl)
                                .findFirst()
                                .orElseThrow()))
                .as("the credentials know who used them")
                .isNotNull()
                .satisfies(used -> assertThat(used.getJobs()).contains("shop/feature"));

        String second = push("two");
        WorkflowRun next = r.assertBuildStatusSuccess(scan(project));
        assertThat(next.getNumber()).isEqualTo(2);
        assertThat(World.log(next)).contains("fetched " + second).doesNotContain(TOKEN);
        assertThat(World.get(url)).isEqualTo("two");
        assertThat(world.machines()).singleElement().satisfies(machine -> {
            assertThat(machine.id()).isEqualTo(record.machineId());
            assertThat(OnHost.filesHolding(machine.home(), TOKEN)).isEmpty();
        });
        assertThat(OnHost.filesHolding(r.jenkins.getRootDir().toPath().resolve("dedalus"), TOKEN))
                .isEmpty();
        assertThat(OnHost.filesHolding(r.jenkins.getRootDir().toPath().resolve("jobs"), TOKEN))
                .isEmpty();
    }
}
