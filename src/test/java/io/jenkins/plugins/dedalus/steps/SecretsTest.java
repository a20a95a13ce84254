package io.jenkins.plugins.dedalus.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.cloudbees.plugins.credentials.CredentialsScope;
import io.jenkins.plugins.dedalus.build.PreviewAction;
import io.jenkins.plugins.dedalus.config.Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
    private static final String PASSWORD = "p4ssw0rd-0f-the-test";
    private static final String PLAIN = "pl4in-v4lue-0f-the-test";

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

    /** Of credentials that the steps name themselves nothing is written, unlike of a value that a script read from a file. */
    @Test
    void aValueOfNamedCredentialsIsInNothingThatJenkinsWrites() throws Throwable {
        try (World world = World.start()) {
            sessions.then(r -> {
                world.configure();
                Keys.global("the-secret", SECRET);
                Keys.login("the-login", "the-user", PASSWORD);
                WorkflowJob job = World.job(
                        "s", """
                        pipeline { agent any
                          stages { stage('Preview') { steps {
                            writeFile file: 'plain', text: '%s'
                            dedalusPreview changeId: '7', start: '%s', env: [PLAIN: readFile('plain')],
                              secrets: [GREETING: 'the-secret', LOGIN: 'the-login'],
                              deploy: 'echo "greeting is $GREETING, login $LOGIN_USR, $LOGIN_PSW, $LOGIN, $PLAIN"; echo deploy-waits; while ! test -e %s; do sleep 0.05; done; echo "again $GREETING"'
                            dedalusExec changeId: '7', env: [PLAIN: readFile('plain')], secrets: [T: 'the-secret'],
                              script: 'echo "exec has $T, $PLAIN"; echo exec-waits; while ! test -e %s; do sleep 0.05; done; echo "exec still has $T"'
                        } } } }
                        """.formatted(PLAIN, World.serve(), gates.resolve("deploy"), gates.resolve("exec")));
                awaitLog(job.scheduleBuild2(0).waitForStart(), "deploy-waits");
                assertNowhere(r);
            });
            sessions.then(r -> {
                assertNowhere(r);
                awaitLog(current(), "going on after a restart");
                Files.createFile(gates.resolve("deploy"));
                awaitLog(current(), "exec-waits");
                assertThat(assertNowhere(r)).as("files named program.dat").isPositive();
            });
            sessions.then(r -> {
                Files.createFile(gates.resolve("exec"));
                WorkflowRun run = current();
                r.assertBuildStatusSuccess(r.waitForCompletion(run));
                assertThat(JenkinsRule.getLog(run))
                        .contains("greeting is ****, login the-user, ****, ****, " + PLAIN)
                        .contains("again ****", "exec has ****, " + PLAIN, "exec still has ****");
                assertThat(World.get(PreviewAction.of(run).get(0).getUrl() + "/env"))
                        .isEqualTo(SECRET);
                assertNowhere(r);
                assertThat(where(r, PLAIN)).as("what env's help says").anyMatch(file -> file.toString()
                        .contains("/builds/"));
                for (String id : List.of("the-secret", "the-login")) {
                    assertThat(Keys.uses(id)).as("uses of " + id).isEqualTo("s");
                }
            });
        }
    }

    /** What can't be found, or can't be meant, ends in a sentence before anything is made. */
    @Test
    void wrongSecretsEndInASentence() throws Throwable {
        try (World world = World.start()) {
            sessions.then(r -> {
                world.configure();
                Keys.global("the-secret", SECRET);
                Keys.global(CredentialsScope.SYSTEM, "for-jenkins-only", PASSWORD);
                WorkflowJob job = r.createProject(WorkflowJob.class, "wrong");
                World.script(job, "dedalusPreview changeId: '7', secrets: [TOKEN: '" + SECRET + "']");
                WorkflowRun missing = World.fail(r, job, "secrets: there are no credentials for TOKEN.");
                assertThat(JenkinsRule.getLog(missing)).doesNotContain(SECRET);
                World.script(job, "dedalusPreview changeId: '7', secrets: [TOKEN: 'for-jenkins-only']");
                World.fail(r, job, "secrets: there are no credentials for TOKEN.");
                World.script(job, "dedalusPreview changeId: '7', secrets: [TOKEN: null]");
                World.fail(r, job, "secrets: TOKEN must be the id of credentials");
                World.script(job, "dedalusPreview changeId: '7', secrets: [TOKEN: 'the-secret'], env: [TOKEN: 'x']");
                World.fail(r, job, "TOKEN is given twice");
                World.script(job, "dedalusPreview changeId: '7', secrets: ['the-secret']");
                World.fail(r, job, "secrets must be a map, for example secrets: [NAME: 'credentials-id'].");
                World.script(job, "dedalusPreview changeId: '7', secrets: ['a b': 'the-secret']");
                World.fail(r, job, "secrets: 'a b' can't be an environment variable");
                assertThat(world.machines()).isEmpty();
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
        assertThat(where(r, SECRET)).isEmpty();
        assertThat(where(r, PASSWORD)).isEmpty();
        return Math.toIntExact(where(r, "").stream()
                .filter(file -> file.endsWith("program.dat"))
                .count());
    }

    /** Jenkins goes on writing meanwhile: where a file got another name all of them are looked through again. */
    private static List<Path> where(JenkinsRule r, String text) {
        return await().ignoreExceptionsMatching(SecretsTest::isRenamed).until(() -> look(r, text), found -> true);
    }

    private static boolean isRenamed(Throwable failure) {
        return failure instanceof NoSuchFileException
                || failure instanceof UncheckedIOException && failure.getCause() instanceof NoSuchFileException;
    }

    private static List<Path> look(JenkinsRule r, String text) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(r.jenkins.getRootDir().toPath())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (file.toString().contains("/plugins/") || file.toString().contains("/war/")) {
                    continue;
                }
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
                    found.add(file);
                }
            }
        }
        return found;
    }
}
