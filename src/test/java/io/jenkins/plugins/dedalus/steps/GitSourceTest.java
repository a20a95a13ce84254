package io.jenkins.plugins.dedalus.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import io.jenkins.plugins.dedalus.build.PreviewAction;
import io.jenkins.plugins.dedalus.emulator.GitServer;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
        git(directory, "init", "-q", "-b", "feature", work.toString());
        git(directory, "init", "-q", "--bare", directory.resolve("shop.git").toString());
        git(directory.resolve("shop.git"), "config", "uploadpack.allowReachableSHA1InWant", "true");
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
        git(work, "add", "-A");
        git(work, "-c", "user.name=t", "-c", "user.email=t@example.net", "commit", "-q", "-m", word);
        git(work, "push", "-q", "-f", directory.resolve("shop.git").toString(), "feature");
        return git(work, "rev-parse", "HEAD").trim();
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

        String second = push("two");
        WorkflowRun next = r.assertBuildStatusSuccess(scan(project));
        assertThat(next.getNumber()).isEqualTo(2);
        assertThat(World.log(next)).contains("fetched " + second).doesNotContain(TOKEN);
        assertThat(World.get(url)).isEqualTo("two");
        assertThat(world.machines()).singleElement().satisfies(machine -> {
            assertThat(machine.id()).isEqualTo(record.machineId());
            assertNowhere(machine.home());
        });
        assertNowhere(r.jenkins.getRootDir().toPath().resolve("dedalus"));
        assertNowhere(r.jenkins.getRootDir().toPath().resolve("jobs"));
    }

    private static void assertNowhere(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(TOKEN);
            }
        }
    }

    private static String git(Path in, String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "git";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command)
                .directory(in.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
