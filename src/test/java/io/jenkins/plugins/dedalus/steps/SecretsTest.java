package io.jenkins.plugins.dedalus.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.build.PreviewAction;
import io.jenkins.plugins.dedalus.config.Keys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** What {@code withCredentials} binds reaches the machine and is nowhere else to be found, before and after a restart. */
class SecretsTest {
    private static final String SECRET = "s3cr3t-v4lue-0f-the-test";

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @TempDir
    Path gates;

    @Test
    void aBoundValueReachesTheMachineAndNothingElse() throws Throwable {
        try (World world = World.start()) {
            sessions.then(r -> {
                world.configure();
                Keys.global("the-secret", SECRET);
                WorkflowJob job =
                        World.job("s", """
                        pipeline { agent none
                          stages { stage('Preview') { steps {
                            withCredentials([string(credentialsId: 'the-secret', variable: 'TOKEN')]) {
                              dedalusPreview changeId: '7', start: '%s', env: [GREETING: env.TOKEN],
                                deploy: 'echo "greeting is $GREETING"; echo deploy-waits; while ! test -e %s; do sleep 0.05; done'
                              dedalusExec changeId: '7', env: [T: env.TOKEN],
                                script: 'echo "exec has $T"; echo exec-waits; while ! test -e %s; do sleep 0.05; done'
                        } } } } }
                        """.formatted(World.serve(), gates.resolve("deploy"), gates.resolve("exec")));
                awaitLog(job.scheduleBuild2(0).waitForStart(), "deploy-waits");
                assertNowhere(r);
            });
            sessions.then(r -> {
                assertNowhere(r);
                Files.createFile(gates.resolve("deploy"));
                awaitLog(current(), "exec-waits");
                assertThat(assertNowhere(r)).as("files named program.dat").isPositive();
            });
            sessions.then(r -> {
                Files.createFile(gates.resolve("exec"));
                WorkflowRun run = current();
                r.assertBuildStatusSuccess(r.waitForCompletion(run));
                assertThat(JenkinsRule.getLog(run)).contains("greeting is ****", "exec has ****");
                assertThat(World.get(PreviewAction.of(run).get(0).getUrl() + "/env"))
                        .isEqualTo(SECRET);
                assertNowhere(r);
                assertThat(r.createWebClient()
                                .goTo(run.getUrl() + "api/json?depth=3", "application/json")
                                .getWebResponse()
                                .getContentAsString())
                        .doesNotContain(SECRET);
            });
        }
    }

    private static WorkflowRun current() {
        return Jenkins.get().getItemByFullName("s", WorkflowJob.class).getLastBuild();
    }

    private static void awaitLog(WorkflowRun run, String text) throws Exception {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !run.isBuilding() || JenkinsRule.getLog(run).contains(text));
        assertThat(JenkinsRule.getLog(run)).contains(text);
    }

    /** Looks at everything that Jenkins wrote: program.dat, build.xml, flow nodes, logs, ledger, links. Counts the first. */
    private static int assertNowhere(JenkinsRule r) throws Exception {
        List<Path> found = new ArrayList<>();
        int programs = 0;
        try (Stream<Path> files = Files.walk(r.jenkins.getRootDir().toPath())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (file.toString().contains("/plugins/") || file.toString().contains("/war/")) {
                    continue;
                }
                programs += file.endsWith("program.dat") ? 1 : 0;
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(SECRET)) {
                    found.add(file);
                }
            }
        }
        assertThat(found).isEmpty();
        return programs;
    }
}
