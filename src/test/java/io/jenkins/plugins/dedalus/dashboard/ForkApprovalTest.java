package io.jenkins.plugins.dedalus.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.dedalus.build.ForkApproval;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The button for commits of forks: for whoever may manage previews, by POST, and for that very commit. */
@WithJenkins
class ForkApprovalTest {
    private static final String OTHER = "f".repeat(40);

    @Test
    void onlyManagersApproveAndOnlyByPost(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            FreeStyleProject job = stage.job("shop");
            FreeStyleBuild build = r.buildAndAssertSuccess(job);
            stage.users(job);
            allowForks(true);
            assertThat(ForkApproval.ask(build, Stage.COMMIT)).isEqualTo(build.getUrl());
            ForkApproval.ask(build, Stage.COMMIT);
            build.save();
            assertThat(build.getActions(ForkApproval.class)).hasSize(1);

            String approve = build.getUrl() + "dedalus-approval/approve";
            assertThat(page(stage, "reader", build))
                    .contains("comes from a fork")
                    .doesNotContain("Approve this commit");
            assertThat(page(stage, "dev", build)).doesNotContain("Approve this commit");
            assertThat(page(stage, "manager", build)).contains("Approve this commit");
            assertThat(stage.status("manager", approve)).as("by GET").isIn(404, 405);
            assertThat(post(stage, null, approve)).isEqualTo(403);
            assertThat(post(stage, "stranger", approve)).isIn(403, 404);
            assertThat(post(stage, "reader", approve)).isEqualTo(403);
            assertThat(post(stage, "dev", approve)).isEqualTo(403);
            assertThat(ForkApproval.isApproved(job, Stage.COMMIT)).isFalse();

            assertThat(post(stage, "manager", approve)).isEqualTo(302);
            r.waitUntilNoActivity();
            assertThat(job.getLastBuild().getNumber()).as("built again").isEqualTo(2);
            assertThat(ForkApproval.isApproved(job, Stage.COMMIT)).isTrue();
            assertThat(ForkApproval.isApproved(job, OTHER)).isFalse();
            assertThat(page(stage, "reader", build))
                    .contains("manager approved")
                    .doesNotContain("Approve this commit");

            job.getLazyBuildMixIn().getRunMap().purgeCache();
            assertThat(ForkApproval.isApproved(job, Stage.COMMIT))
                    .as("read from the disk")
                    .isTrue();
        }
    }

    @Test
    void nobodyApprovesWhereForksAreNotAllowed(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            FreeStyleProject job = stage.job("shop");
            FreeStyleBuild build = r.buildAndAssertSuccess(job);
            stage.users(job);
            ForkApproval.ask(build, Stage.COMMIT);
            allowForks(false);

            assertThat(page(stage, "manager", build)).doesNotContain("Approve this commit");
            assertThat(post(stage, "manager", build.getUrl() + "dedalus-approval/approve"))
                    .isEqualTo(409);
            assertThat(ForkApproval.isApproved(job, Stage.COMMIT)).isFalse();
        }
    }

    private static void allowForks(boolean allowed) {
        DedalusGlobalConfiguration.get().setForksAllowed(allowed);
        DedalusGlobalConfiguration.get().save();
    }

    private static String page(Stage stage, String who, FreeStyleBuild build) throws Exception {
        return stage.get(who, build.getUrl()).getWebResponse().getContentAsString();
    }

    private static int post(Stage stage, String who, String path) throws Exception {
        return stage.post(who, path, null).getWebResponse().getStatusCode();
    }
}
