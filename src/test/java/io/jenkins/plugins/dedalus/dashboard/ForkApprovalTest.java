package io.jenkins.plugins.dedalus.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import io.jenkins.plugins.dedalus.accounts.AuditLog;
import io.jenkins.plugins.dedalus.build.ForkApproval;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.DedalusPermissions;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import java.util.logging.Level;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LogRecorder;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The button for commits of forks: for whoever may manage previews, by POST, and for that very commit. */
@WithJenkins
class ForkApprovalTest {
    private static final String OTHER = "f".repeat(40);
    private static final PreviewKey KEY = PreviewKey.of("github.com/acme/shop", "7");

    @Test
    void onlyManagersApproveAndOnlyByPost(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r);
                LogRecorder audit =
                        new LogRecorder().record(AuditLog.NAME, Level.INFO).capture(10)) {
            FreeStyleProject job = stage.job("shop");
            FreeStyleBuild build = r.buildAndAssertSuccess(job);
            stage.users(job);
            allowForks(true);
            assertThat(ForkApproval.ask(build, KEY, Stage.COMMIT)).isEqualTo(build.getUrl());
            ForkApproval.ask(build, KEY, Stage.COMMIT);
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
            assertThat(approved(job, Stage.COMMIT)).isFalse();

            assertThat(post(stage, "manager", approve)).isEqualTo(302);
            r.waitUntilNoActivity();
            assertThat(job.getLastBuild().getNumber()).as("built again").isEqualTo(2);
            assertThat(approved(job, Stage.COMMIT)).isTrue();
            assertThat(approved(job, OTHER)).isFalse();
            assertThat(audit.getMessages())
                    .singleElement()
                    .asString()
                    .startsWith("manager approved a commit of a fork for preview " + KEY.id());
            assertThat(page(stage, "reader", build))
                    .contains("manager approved")
                    .doesNotContain("Approve this commit");

            job.getLazyBuildMixIn().getRunMap().purgeCache();
            assertThat(approved(job, Stage.COMMIT)).as("read from the disk").isTrue();
            for (FreeStyleBuild each : job.getBuilds().completedOnly()) {
                each.delete();
            }
            assertThat(approved(job, Stage.COMMIT)).as("without the build").isTrue();
            job.renameTo("boutique");
            assertThat(approved(job, Stage.COMMIT)).as("by another name").isTrue();
            PreviewRecord record = Stage.put(KEY, "dm-1", "feature");
            PreviewJobs.get().give(record, stage.job("other"));
            assertThat(approved(job, Stage.COMMIT)).as("given away").isFalse();
        }
    }

    @Test
    void nobodyApprovesWhereForksAreNotAllowed(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            FreeStyleProject job = stage.job("shop");
            FreeStyleBuild build = r.buildAndAssertSuccess(job);
            stage.users(job);
            ForkApproval.ask(build, KEY, Stage.COMMIT);
            allowForks(false);

            assertThat(page(stage, "manager", build)).doesNotContain("Approve this commit");
            assertThat(post(stage, "manager", build.getUrl() + "dedalus-approval/approve"))
                    .isEqualTo(409);
            assertThat(approved(job, Stage.COMMIT)).isFalse();
        }
    }

    /** Nobody builds by approving who may not build. */
    @Test
    void approvingAlsoTakesThePermissionToBuild(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            FreeStyleProject job = stage.job("shop");
            FreeStyleBuild build = r.buildAndAssertSuccess(job);
            stage.users(job);
            ((MockAuthorizationStrategy) r.jenkins.getAuthorizationStrategy())
                    .grant(Jenkins.READ, Item.READ, DedalusPermissions.MANAGE)
                    .everywhere()
                    .to("keeper");
            allowForks(true);
            ForkApproval.ask(build, KEY, Stage.COMMIT);

            assertThat(page(stage, "keeper", build)).doesNotContain("Approve this commit");
            assertThat(post(stage, "keeper", build.getUrl() + "dedalus-approval/approve"))
                    .isEqualTo(403);
            assertThat(approved(job, Stage.COMMIT)).isFalse();
            assertThat(PreviewJobs.get().link(KEY)).isEmpty();
            PreviewJobs.get().ask(KEY, build, null);
            Stage.put(KEY, "dm-1", "feature");
            assertThat(post(stage, "keeper", "dedalus/preview/" + KEY.id() + "/rebuild"))
                    .isEqualTo(403);
            r.waitUntilNoActivity();
            assertThat(job.getLastBuild().getNumber()).isEqualTo(1);
        }
    }

    /** The approval of one job's build gives it no preview that is another job's. */
    @Test
    void approvingTakesNoPreviewFromAnotherJob(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            FreeStyleProject owner = stage.job("owner");
            PreviewJobs.get().ask(KEY, r.buildAndAssertSuccess(owner), null);
            Stage.put(KEY, "dm-1", "feature");
            FreeStyleProject job = stage.job("shop");
            FreeStyleBuild build = r.buildAndAssertSuccess(job);
            stage.users(job);
            allowForks(true);
            ForkApproval.ask(build, KEY, Stage.COMMIT);

            assertThat(post(stage, "manager", build.getUrl() + "dedalus-approval/approve"))
                    .isEqualTo(409);
            assertThat(approved(job, Stage.COMMIT)).isFalse();
            assertThat(PreviewJobs.get().link(KEY)).map(PreviewLink::job).contains("owner");
        }
    }

    private static boolean approved(FreeStyleProject job, String commit) {
        return PreviewJobs.get().approval(job, commit).isPresent();
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
