package io.jenkins.plugins.dedalus.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.BooleanParameterDefinition;
import hudson.model.BooleanParameterValue;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.build.PreviewAction;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import java.time.Duration;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.graphanalysis.DepthFirstScanner;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class PreviewStepTest {
    private JenkinsRule r;
    private World world;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        r = rule;
        world = World.startIn(rule);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void fiveLinesOfDeclarativePipelineGiveALinkWithoutAnyAgent() throws Exception {
        WorkflowJob job = World.job("five", """
                pipeline { agent none
                  stages {
                    stage('Preview') { steps { dedalusPreview changeId: '7', deploy: 'printf one > version', start: '%s' } }
                    stage('Use it') { steps { echo "see ${env.DEDALUS_PREVIEW_URL} and ${DEDALUS_PREVIEW_URL_WEB}" } }
                } }
                """.formatted(World.serve()));
        r.jenkins.setNumExecutors(0);

        WorkflowRun run = World.succeed(r, job);

        PreviewAction action = PreviewAction.of(run).get(0);
        assertThat(World.get(action.getUrl())).isEqualTo("one");
        assertThat(World.log(run)).contains("see " + action.getUrl() + " and " + action.getUrl());
        PreviewRecord record = PreviewJobs.recordsOf(job).get(0);
        assertThat(record.key()).isEqualTo(action.getKey());
        assertThat(PreviewJobs.jobOf(record)).contains(job);
        assertThat(PreviewJobs.buildOf(record)).contains(run);
    }

    @Test
    void everyStepIsADeclarativeStepThatNeedsNoAgent() throws Exception {
        WorkflowJob job = World.job("all", """
                pipeline { agent none
                  stages {
                    stage('Preview') { steps { dedalusPreview changeId: '6', deploy: 'printf six > version', start: '%s' } }
                    stage('Use it') { steps {
                      dedalusExec changeId: '6', script: 'echo from $(cat version)'
                      dedalusStatus changeId: '6'
                      dedalusSleep changeId: '6'
                      dedalusWake changeId: '6'
                      dedalusExec changeId: '6', script: '', command: ['test', '-f', 'version'], timeout: '1m'
                    } }
                  }
                  post { always { dedalusTeardown changeId: '6' } } }
                """.formatted(World.serve()));
        r.jenkins.setNumExecutors(0);

        WorkflowRun run = World.succeed(r, job);

        assertThat(World.log(run)).contains("from six", "is awake; it took", "is gone");
        assertThat(world.machines()).isEmpty();
        assertThat(PreviewJobs.recordsOf(job)).isEmpty();
    }

    @Test
    void scriptedPipelineGetsEverythingAndUpdatesInPlace() throws Exception {
        String pipeline = """
                def p = dedalusPreview(changeId: 8, deploy: 'printf "$WORD" > version', start: '%s', env: [WORD: '%s'],
                    ports: [web: 3000, 'admin-ui': [port: 4000, visibility: 'org']], limits: [deploy: '2m', response: '20m', idle: 0], vcpu: '0.5')
                echo "keys ${p.keySet()} reused ${p.reused} machine ${p.machineId} host ${p.host}"
                echo "urls ${p.urls.size()} ${env.DEDALUS_PREVIEW_URL_ADMIN_UI == p.urls['admin-ui']} ${env.DEDALUS_PREVIEW_URL == p.url}"
                """;
        WorkflowJob job = World.job("scripted", pipeline.formatted(World.serve(), "first"));

        WorkflowRun first = World.succeed(r, job);
        World.script(job, pipeline.formatted(World.serve(), "second"));
        WorkflowRun second = World.succeed(r, job);

        assertThat(World.log(first))
                .contains("keys [machineId, previewId, url, urls, host, commit, reused] reused false")
                .contains("urls 2 true true");
        assertThat(World.log(second)).contains("reused true");
        String url = PreviewAction.of(second).get(0).getUrl();
        assertThat(url).isEqualTo(PreviewAction.of(first).get(0).getUrl());
        assertThat(World.get(url)).isEqualTo("second");
        assertThat(world.machines()).hasSize(1);
    }

    @Test
    void namedPreviewsOfOneBuildHaveVariablesOfTheirOwn() throws Exception {
        String make = "dedalusPreview(%s deploy: 'printf x > version', start: '" + World.serve() + "')\n";
        WorkflowJob job = World.job(
                "several",
                "def eu = " + make.formatted("name: 'shop-eu',")
                        + "echo \"alone ${env.DEDALUS_PREVIEW_URL == eu.url}\"\n"
                        + "def us = " + make.formatted("name: 'us', ports: [web: 3000, admin: 4000],")
                        + "echo \"first ${env.DEDALUS_PREVIEW_URL == eu.url} ${env.DEDALUS_PREVIEW_URL_WEB == eu.url}\"\n"
                        + "echo \"named ${env.DEDALUS_PREVIEW_URL_SHOP_EU == eu.url} ${env.DEDALUS_PREVIEW_URL_US == us.url}\"\n"
                        + "echo \"port ${env.DEDALUS_PREVIEW_URL_US_ADMIN == us.urls.admin} ${env.DEDALUS_PREVIEW_URL_ADMIN}\"\n"
                        + "def plain = " + make.formatted("changeId: '9',")
                        + "echo \"plain ${env.DEDALUS_PREVIEW_URL == plain.url} ${env.DEDALUS_PREVIEW_URL_US == us.url}\"\n");

        assertThat(World.log(World.succeed(r, job)))
                .contains("alone true", "first true true", "named true true", "port true null", "plain true true");
    }

    @Test
    void aFailingPreviewFailsTheBuildWithASentenceUnlessToldOtherwise() throws Exception {
        WorkflowJob job =
                World.job("fails", "dedalusPreview changeId: '9', deploy: 'echo before; exit 7', start: 'sleep 1'");
        World.fail(r, job, "before", "exit code 7");

        World.script(job, """
                def p = dedalusPreview(changeId: '9', deploy: 'exit 7', start: 'sleep 1', failBuild: false)
                echo "url ${p.url} problem ${p.problem.contains('exit code 7')}"
                """);
        WorkflowRun run = World.succeed(r, job);
        assertThat(World.log(run)).contains("The build goes on").contains("url null problem true");
        assertThat(new DepthFirstScanner().allNodes(run.getExecution()))
                .as("what stages and graphs show")
                .filteredOn(node -> node.getPersistentAction(WarningAction.class) != null)
                .singleElement()
                .satisfies(node -> assertThat(
                                node.getPersistentAction(WarningAction.class).getMessage())
                        .contains("exit code 7"));
    }

    @Test
    void aBuildThatLostItsPreviewToANewerOneGoesOnIfItIsTold() throws Exception {
        WorkflowJob job = World.job("superseded", """
                def deploy = currentBuild.number == 1 ? 'echo begun; sleep 600' : 'true'
                def p = dedalusPreview(changeId: '6', deploy: deploy, start: '%s', whenSuperseded: 'continue')
                echo "went on without: ${p.problem != null && p.url == null}"
                """.formatted(World.serve()));
        WorkflowRun first = job.scheduleBuild2(0).waitForStart();
        r.waitForMessage("begun", first);

        WorkflowRun second = World.succeed(r, job);

        assertThat(World.log(second)).contains("went on without: false");
        r.assertBuildStatusSuccess(r.waitForCompletion(first));
        assertThat(World.log(first)).contains("went on without: true").doesNotContain("\tat ");
        PreviewAction shown = PreviewAction.of(second).get(0);
        assertThat(r.getJSON(second.getUrl() + "api/json").getJSONObject().toString())
                .contains(shown.getPreviewId(), shown.getUrl());
    }

    @Test
    void badParametersGetSentences() throws Exception {
        WorkflowJob job =
                World.job("bad", "dedalusPreview(changeId: '1', port: 'abc', env: [A: 's3cr3t-in-a-bad-call'])");
        WorkflowRun run = World.fail(r, job, "port is 'abc'; allowed are numbers.");
        assertThat(World.log(run)).doesNotContain("s3cr3t-in-a-bad-call");
        for (String[] each : new String[][] {
            {"dedalusPreview()", "Set changeId or name."},
            {
                "dedalusPreview(changeId: '1', prot: 1)",
                "dedalusPreview has no parameter prot. It has: autosleep, changeId"
            },
            {"dedalusPreview(changeId: '1', ports: 3000)", "ports must be a map"},
            {"dedalusPreview(changeId: '1', port: 70000)", "port is 70000; allowed are 1 to 65535."},
            {"dedalusPreview(changeId: '1', memoryMib: 5)", "memoryMib is 5; allowed: 256 to 262144."},
            {"dedalusPreview(changeId: '1', source: 'ftp')", "source is 'ftp'; allowed are workspace, git and none."},
            {
                "dedalusPreview(changeId: '1', whenSuperseded: 'retry')",
                "whenSuperseded is 'retry'; allowed are continue and end."
            },
            {"dedalusPreview(changeId: '1', source: 'git')", "source: 'git' needs to know the commit"},
            {"dedalusPreview(changeId: '1', source: 'workspace')", "source: 'workspace' needs an agent's workspace"},
            {"dedalusPreview(changeId: '1', env: [A: null])", "env: A is null."},
            {"dedalusPreview(changeId: '1', env: ['A B': 'x'])", "env: 'A B' can't be an environment variable"},
            {"dedalusPreview(changeId: '1', limits: [deploy: 'soon'])", "limits.deploy is 'soon'; allowed are times"},
            {"dedalusPreview(changeId: '1', limits: [idle: '9d'])", "time limit idle is "},
            {
                "dedalusPreview(changeId: '1', visibility: 'all')",
                "visibility is 'all'; allowed are public, org and private."
            },
            {"dedalusExec(changeId: '1', script: 'a', command: ['b'])", "dedalusExec needs either a script or a command"
            },
            {"dedalusWake(changeId: '1')", "there is none. Build the change request first."},
            {"dedalusTeardown(changeId: '1', grace: 'later')", "grace is 'later'; allowed are times"}
        }) {
            World.script(job, each[0]);
            World.fail(r, job, each[1]);
        }
    }

    @Test
    void aPreviewThatWasTakenDownMeanwhileMakesTheBuildNeedless() throws Exception {
        WorkflowJob job = World.job("closed", """
                dedalusPreview changeId: '3', deploy: 'true', start: '%s'
                echo 'It is there.'
                waitUntil(quiet: true) { currentBuild.description == 'closed' }
                dedalusPreview changeId: '3', deploy: 'true', start: '%s'
                """.formatted(World.serve(), World.serve()));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        r.waitForMessage("It is there.", run);
        PreviewKey key = PreviewJobs.recordsOf(job).get(0).key();
        PreviewEngines.get()
                .lifecycle(key)
                .teardown(key, new Teardown("merged", Duration.ofDays(1), true), progress -> {})
                .result()
                .join();
        run.setDescription("closed");

        r.assertBuildStatus(Result.NOT_BUILT, r.waitForCompletion(run));
        assertThat(World.log(run))
                .contains("was taken down after this build began")
                .doesNotContain("\tat ");
        job.setDefinition(new CpsFlowDefinition("echo dedalusStatus(changeId: '3').state", true));
        assertThat(World.log(World.succeed(r, job))).contains("closing");
    }

    @Test
    void whoTookItDownItselfMayAskAgainAndAnOlderBuildMayNot() throws Exception {
        WorkflowJob job = World.job("again", """
                if (params.LATE) {
                  echo 'It waits.'
                  waitUntil(quiet: true) { currentBuild.description == 'late' }
                  dedalusPreview changeId: '4', deploy: 'true', start: '%s'
                }
                for (word in ['one', 'two']) {
                  dedalusPreview changeId: '4', deploy: "printf $word > version", start: '%s'
                  dedalusTeardown changeId: '4'
                }
                """.formatted(World.serve(), World.serve()));
        job.addProperty(new ParametersDefinitionProperty(new BooleanParameterDefinition("LATE", false, null)));
        WorkflowRun late = job.scheduleBuild2(0, new ParametersAction(new BooleanParameterValue("LATE", true)))
                .waitForStart();
        r.waitForMessage("It waits.", late);
        WorkflowRun run = World.succeed(r, job);
        assertThat(PreviewAction.of(run)).isNotEmpty();
        assertThat(world.machines()).as("all taken down").isEmpty();

        late.setDescription("late");
        r.assertBuildStatus(Result.NOT_BUILT, r.waitForCompletion(late));
        assertThat(world.machines()).as("not brought back").isEmpty();
    }
}
