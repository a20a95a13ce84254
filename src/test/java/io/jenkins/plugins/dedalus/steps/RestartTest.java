package io.jenkins.plugins.dedalus.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import com.cloudbees.plugins.credentials.impl.BaseStandardCredentials;
import hudson.model.ItemGroup;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import hudson.slaves.OfflineCause;
import hudson.util.Secret;
import io.jenkins.plugins.dedalus.build.PreviewAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;
import org.springframework.security.core.Authentication;

/** Each step that may take long, with a restart of Jenkins in the middle. */
class RestartTest {
    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @TempDir
    Path gates;

    private World world;

    @BeforeEach
    void start() throws Exception {
        world = World.start();
    }

    @AfterEach
    void stop() {
        world.close();
    }

    /** Bash that waits for the test to open a gate. */
    private String gate(String name) {
        return "while ! test -e " + gates.resolve(name) + "; do sleep 0.05; done";
    }

    private void open(String name) throws Exception {
        Files.createFile(gates.resolve(name));
    }

    private static WorkflowRun current(String job) {
        return Jenkins.get().getItemByFullName(job, WorkflowJob.class).getLastBuild();
    }

    private static void awaitLog(WorkflowRun run, String text) throws Exception {
        await().atMost(Duration.ofMinutes(2))
                .until(() -> !run.isBuilding() || JenkinsRule.getLog(run).contains(text));
        assertThat(JenkinsRule.getLog(run)).contains(text);
    }

    private static void assertOnce(WorkflowRun run, String... lines) throws Exception {
        for (String line : lines) {
            assertThat(Arrays.stream(JenkinsRule.getLog(run).split("\n")).filter(line::equals))
                    .as(line)
                    .hasSize(1);
        }
    }

    @Test
    void aPreviewGoesOnInTheMiddleOfItsDeployScript() throws Throwable {
        sessions.then(r -> {
            world.configure();
            WorkflowJob job = World.job("p", """
                    pipeline { agent none
                      stages { stage('Preview') { steps {
                        dedalusPreview changeId: '7', start: '%s',
                          deploy: 'echo deploy-begins; %s; echo deploy-ends; printf new > version'
                        echo "see ${env.DEDALUS_PREVIEW_URL}"
                    } } } }
                    """.formatted(World.serve(), gate("deploy")));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            awaitLog(run, "deploy-begins");
        });
        sessions.then(r -> {
            WorkflowRun run = current("p");
            awaitLog(run, "going on after a restart");
            open("deploy");
            r.assertBuildStatusSuccess(r.waitForCompletion(run));
            assertOnce(run, "deploy-begins", "deploy-ends");
            String url = PreviewAction.of(run).get(0).getUrl();
            assertThat(World.get(url)).isEqualTo("new");
            assertThat(JenkinsRule.getLog(run)).contains("see " + url);
            assertThat(world.machines()).hasSize(1);
        });
    }

    @Test
    void aCommandGoesOnAndItsOutputIsNeitherLostNorRepeated() throws Throwable {
        sessions.then(r -> {
            world.configure();
            WorkflowJob job = World.job("e", """
                    dedalusPreview changeId: '7', start: '%s'
                    dedalusExec changeId: '7', script: 'for i in 1 2 3 4 5; do echo line-$i; done; printf half-; %s; echo way; for i in 6 7 8; do echo line-$i; done'
                    def out = dedalusExec(changeId: '7', returnStdout: true, script: 'echo said-1; echo told-1 >&2; %s; echo said-2; echo told-2 >&2')
                    echo "returned ${out.replace('\\n', ',')}"
                    """.formatted(World.serve(), gate("first"), gate("second")));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            awaitLog(run, "line-5");
        });
        sessions.then(r -> {
            WorkflowRun run = current("e");
            open("first");
            awaitLog(run, "told-1");
        });
        sessions.then(r -> {
            WorkflowRun run = current("e");
            open("second");
            r.assertBuildStatusSuccess(r.waitForCompletion(run));
            assertOnce(
                    run, IntStream.rangeClosed(1, 8).mapToObj(i -> "line-" + i).toArray(String[]::new));
            assertOnce(run, "half-way", "told-1", "told-2", "returned said-1,said-2,");
        });
    }

    @Test
    void aSentWorkspaceArrivesThoughTheRestartCameInBetween() throws Throwable {
        sessions.then(r -> {
            world.configure();
            WorkflowJob job = World.job("w", """
                    node {
                      writeFile file: 'data/word.txt', text: 'from the workspace'
                      writeFile file: '.git/config', text: 'no part of it'
                      dedalusPreview changeId: '7', source: 'workspace', start: '%s',
                        deploy: 'test ! -e .git; echo deploy-begins; %s; cp data/word.txt version'
                    }
                    """.formatted(World.serve(), gate("deploy")));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            awaitLog(run, "deploy-begins");
        });
        sessions.then(r -> {
            WorkflowRun run = current("w");
            open("deploy");
            r.assertBuildStatusSuccess(r.waitForCompletion(run));
            assertOnce(run, "deploy-begins");
            assertThat(World.get(PreviewAction.of(run).get(0).getUrl())).isEqualTo("from the workspace");
            assertThat(r.jenkins.getRootDir().toPath().resolve("dedalus/uploads"))
                    .isEmptyDirectory();
        });
    }

    @Test
    void aWorkspaceThatIsNotPackedYetWaitsForItsAgent() throws Throwable {
        sessions.then(r -> {
            world.configure();
            DumbSlave agent = r.createSlave("away", "away", null);
            agent.toComputer().connect(false).get();
            WorkflowJob job = World.job("a", """
                    node('away') {
                      writeFile file: 'word.txt', text: 'from the agent'
                      dedalusPreview changeId: '7', source: 'workspace', start: '%s', deploy: 'cp word.txt version',
                        secrets: [SLOW: 'slow']
                    }
                    """.formatted(World.serve()));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            await().atMost(Duration.ofMinutes(2)).until(() -> SlowCredentials.ASKED.getCount() == 0);
            agent.toComputer().disconnect(new OfflineCause.ByCLI("the test")).get();
            await().until(() -> agent.toComputer().isOffline() && agent.getRootPath() == null);
            SlowCredentials.ANSWERS.countDown();
            awaitLog(run, "The agent that has the workspace is not connected; waiting for it.");
            assertThat(run.isBuilding()).isTrue();
            assertThat(world.machines()).isEmpty();
        });
        sessions.then(r -> {
            WorkflowRun run = current("a");
            // Jenkins launches its agents when it starts.
            r.assertBuildStatusSuccess(r.waitForCompletion(run));
            assertThat(World.get(PreviewAction.of(run).get(0).getUrl())).isEqualTo("from the agent");
            assertThat(r.jenkins.getRootDir().toPath().resolve("dedalus/uploads"))
                    .isEmptyDirectory();
        });
    }

    /** Credentials whose secret comes when the test says so. */
    @TestExtension("aWorkspaceThatIsNotPackedYetWaitsForItsAgent")
    public static final class SlowCredentials extends CredentialsProvider {
        static final CountDownLatch ASKED = new CountDownLatch(1);
        static final CountDownLatch ANSWERS = new CountDownLatch(1);

        @Override
        public <C extends Credentials> List<C> getCredentialsInItemGroup(
                Class<C> type, ItemGroup group, Authentication who, List<DomainRequirement> requirements) {
            return type.isAssignableFrom(Slow.class) ? List.of(type.cast(new Slow())) : List.of();
        }

        private static final class Slow extends BaseStandardCredentials implements StringCredentials {
            private static final long serialVersionUID = 1L;

            Slow() {
                super(CredentialsScope.GLOBAL, "slow", null);
            }

            @Override
            public Secret getSecret() {
                ASKED.countDown();
                try {
                    ANSWERS.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return Secret.fromString("a slow secret");
            }
        }
    }

    @Test
    void wakeSleepAndTeardownGoOn() throws Throwable {
        sessions.then(r -> {
            world.configure();
            WorkflowJob job = World.job("t", """
                    dedalusPreview changeId: '7', start: '%s'
                    echo "asleep ${dedalusSleep(changeId: '7')}"
                    echo "awake ${dedalusWake(changeId: '7').machineId != null}"
                    dedalusExec changeId: '7', script: 'echo gate-begins; %s'
                    dedalusTeardown changeId: '7'
                    echo "now ${dedalusStatus(changeId: '7').state}"
                    """.formatted(World.serve(), gate("g")));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            awaitLog(run, "gate-begins");
            world.emulator()
                    .faults()
                    .add(io.jenkins.plugins.dedalus.emulator.Fault.api(
                            1000, "DELETE", "/v1/machines/*", 503, "UNAVAILABLE", 100));
            open("g");
            awaitLog(run, "deleting the machine");
        });
        sessions.then(r -> {
            world.emulator().faults().clear();
            WorkflowRun run = current("t");
            r.assertBuildStatusSuccess(r.waitForCompletion(run));
            assertThat(JenkinsRule.getLog(run))
                    .contains("asleep true", "awake true")
                    .containsPattern("now (none|closed)");
            assertThat(world.machines()).isEmpty();
        });
    }

    @Test
    void abortStopsAtOnceAlsoAfterARestart() throws Throwable {
        sessions.then(r -> {
            world.configure();
            WorkflowJob job = World.job("a", """
                    dedalusPreview changeId: '7', start: '%s', deploy: 'echo deploy-begins; %s'
                    """.formatted(World.serve(), gate("never")));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            awaitLog(run, "deploy-begins");
        });
        sessions.then(r -> {
            WorkflowRun run = current("a");
            awaitLog(run, "going on after a restart");
            run.doStop();
            await().atMost(Duration.ofMinutes(2)).until(() -> !run.isBuilding());
            r.assertBuildStatus(Result.ABORTED, run);
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> io.jenkins.plugins.dedalus.scm.PreviewJobs.recordsOf(run.getParent()).stream()
                            .allMatch(record -> record.operation() == null));
        });
    }
}
