package io.jenkins.plugins.dedalus.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import io.jenkins.plugins.dedalus.config.DedalusFolderProperty;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.Keys;
import java.util.List;
import java.util.stream.IntStream;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** How many machines Jenkins and its folders allow. */
@WithJenkins
class MaxMachinesTest {
    private static final String MAKE = "dedalusPreview name: '%s', deploy: 'printf x > version', start: '%s'";

    private JenkinsRule r;
    private World world;
    private Folder first;
    private Folder second;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        r = rule;
        world = World.startIn(rule);
        first = r.jenkins.createProject(Folder.class, "first");
        second = r.jenkins.createProject(Folder.class, "second");
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void eachFolderHasItsOwnLimitAndAllShareThatOfJenkins() throws Exception {
        limit(first, 1);
        Keys.folder(second, "second-key", world.emulator().apiKey());
        DedalusFolderProperty own = new DedalusFolderProperty();
        own.setCredentialsId("second-key");
        second.addProperty(own);
        global(2);
        WorkflowJob one = job(first, "one", "a");
        r.buildAndAssertSuccess(one);
        r.buildAndAssertSuccess(one);
        Folder inner = first.createProject(Folder.class, "inner");
        limit(inner, 9);

        WorkflowRun full = World.fail(
                r,
                job(inner, "two", "a"),
                "needs a machine, but all 1 that folder first may have (maxMachines) are in use.",
                "ask whoever configures the folder");
        assertThat(World.log(full)).doesNotContain("first/one");

        WorkflowJob other = job(second, "one", "a");
        r.buildAndAssertSuccess(other);
        WorkflowRun third = World.fail(
                r,
                job(second, "two", "a"),
                "all 2 that this Jenkins may have (maxMachines) are in use.",
                "ask an administrator");
        assertThat(World.log(third)).doesNotContain("first").doesNotContain("second/one");
        assertThat(world.machines()).hasSize(2);

        other.setDefinition(new CpsFlowDefinition("dedalusTeardown name: 'a'", true));
        r.buildAndAssertSuccess(other);
        r.buildAndAssertSuccess((WorkflowJob) second.getItem("two"));
        assertThat(world.machines()).hasSize(2);
    }

    @Test
    void aJobIsToldWhichOfItsOwnPreviewsCouldGo() throws Exception {
        limit(first, 1);
        WorkflowJob job = job(first, "one", "a");
        r.buildAndAssertSuccess(job);
        job.setDefinition(new CpsFlowDefinition(MAKE.formatted("b", World.serve()), true));

        World.fail(r, job, "all 1 that folder first may have", "Close one you don't need; ");
    }

    @Test
    void buildsThatAskAtOnceDontShareTheLastPlace() throws Exception {
        global(2);
        List<WorkflowRun> runs = new java.util.ArrayList<>();
        for (int i : IntStream.range(0, 6).toArray()) {
            Folder folder = i % 2 == 0 ? first : second;
            runs.add(job(folder, "job-" + i, "a").scheduleBuild2(0).waitForStart());
        }
        int made = 0;
        for (WorkflowRun run : runs) {
            r.waitForCompletion(run);
            made += hudson.model.Result.SUCCESS.equals(run.getResult()) ? 1 : 0;
        }

        assertThat(made).isEqualTo(2);
        assertThat(world.machines()).hasSize(2);
    }

    private static void global(int most) {
        DedalusGlobalConfiguration.get().setMaxMachines(most);
        DedalusGlobalConfiguration.get().save();
    }

    private static void limit(Folder folder, int most) throws Exception {
        DedalusFolderProperty property = new DedalusFolderProperty();
        property.setMaxMachines(most);
        folder.addProperty(property);
    }

    private static WorkflowJob job(Folder folder, String name, String preview) throws Exception {
        WorkflowJob job = folder.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(MAKE.formatted(preview, World.serve()), true));
        return job;
    }
}
