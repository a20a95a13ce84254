package io.jenkins.plugins.dedalus.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.computed.DefaultOrphanedItemStrategy;
import hudson.model.Result;
import hudson.model.User;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.build.PreviewAction;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.steps.World;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Map;
import jenkins.scm.api.SCMEvent;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMHeadEvent;
import jenkins.scm.api.SCMRevision;
import jenkins.scm.api.SCMSource;
import jenkins.scm.impl.mock.MockFailure;
import jenkins.scm.impl.mock.MockSCMDiscoverBranches;
import jenkins.scm.impl.mock.MockSCMDiscoverChangeRequests;
import jenkins.scm.impl.mock.MockSCMHeadEvent;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Pull requests of a branch source that isn't GitHub, from push to close, and all that only looks like a close. */
@WithJenkins
class PullRequestTest extends PullRequestFixture {
    private void awaitAsleep(boolean confirmed, Duration grace) {
        await().atMost(Duration.ofMinutes(2)).until(() -> record().filter(
                        record -> record.state() == PreviewState.CLOSING && record.operation() == null)
                .filter(record -> !confirmed || record.closing().confirmed())
                .isPresent());
        PreviewRecord closing = record().orElseThrow();
        assertThat(closing.closing().confirmed()).isEqualTo(confirmed);
        assertThat(Duration.between(Instant.now(), closing.closing().deleteAt()).plusMinutes(5))
                .isBetween(grace, grace.plusMinutes(10));
        assertThat(world.machines()).singleElement().satisfies(machine -> assertThat(machine.phase())
                .isIn("sleeping", "stopping"));
    }

    @Test
    void aPushUpdatesInPlaceAndTheCloseEventConfirms() throws Exception {
        WorkflowMultiBranchProject project = project("p", REPOSITORY);
        WorkflowRun first = r.assertBuildStatusSuccess(job(project, number).getLastBuild());
        PreviewAction shown = PreviewAction.of(first).get(0);
        assertThat(shown.getKey()).isEqualTo(key());
        assertThat(World.get(shown.getUrl())).isEqualTo("one of " + number);
        String machine = record().orElseThrow().machineId();
        assertThat(record().orElseThrow().change().commit())
                .isEqualTo(scm.getRevision(REPOSITORY, "change-request/" + number));
        assertThat(record().orElseThrow().change().target()).isEqualTo("master");

        push(REPOSITORY, number, "two");
        scan(project);
        WorkflowRun second = r.assertBuildStatusSuccess(job(project, number).getLastBuild());
        assertThat(second.getNumber()).isEqualTo(2);
        assertThat(PreviewAction.of(second).get(0).getUrl()).isEqualTo(shown.getUrl());
        assertThat(World.get(shown.getUrl())).isEqualTo("two of " + number);
        assertThat(record().orElseThrow().machineId()).isEqualTo(machine);

        scm.closeChangeRequest(REPOSITORY, number);
        tell(SCMEvent.Type.REMOVED, REPOSITORY, number, null);
        awaitAsleep(true, Duration.ofDays(1));

        DedalusGlobalConfiguration.get().setClosedGrace("0");
        DedalusGlobalConfiguration.get().save();
        DedalusGlobalConfiguration.get().save();
        Closings.confirmed(key(), "A person said so.");
        reconcile();
        // The longer grace was granted already and stands.
        assertThat(record().orElseThrow().closing().deleteAt())
                .isAfter(Instant.now().plus(12, ChronoUnit.HOURS));
    }

    @Test
    void withoutGraceACloseDeletesAtOnce() throws Exception {
        DedalusGlobalConfiguration.get().setClosedGrace("0");
        DedalusGlobalConfiguration.get().save();
        DedalusGlobalConfiguration.get().save();
        project("p", REPOSITORY);
        scm.closeChangeRequest(REPOSITORY, number);
        tell(SCMEvent.Type.REMOVED, REPOSITORY, number, null);
        await().atMost(Duration.ofMinutes(2)).until(() -> world.machines().isEmpty());
    }

    @Test
    void aForgedEventDeletesNothingWhileTheHeadIsThere() throws Exception {
        DedalusGlobalConfiguration.get().setClosedGrace("0");
        DedalusGlobalConfiguration.get().save();
        WorkflowMultiBranchProject project = project("p", REPOSITORY);
        String machine = record().orElseThrow().machineId();
        SCMHeadEvent.fireNow(
                new MockSCMHeadEvent("forged", SCMEvent.Type.REMOVED, scm, REPOSITORY, "CR-" + number, null) {
                    @Override
                    public Map<SCMHead, SCMRevision> heads(SCMSource source) {
                        return Collections.singletonMap(SCMHead.HeadByItem.findHead(job(project, number)), null);
                    }
                });
        await().until(() -> record().orElseThrow().state() != PreviewState.READY);
        r.waitUntilNoActivity();
        reconcile();
        assertThat(world.machines()).singleElement().satisfies(alive -> assertThat(alive.id())
                .isEqualTo(machine));
        PreviewRecord kept = record().orElseThrow();
        assertThat(kept.state() == PreviewState.READY || !kept.closing().confirmed())
                .as("%s", kept)
                .isTrue();
    }

    @Test
    void aSourceThatCanNotBeAskedConfirmsNothingUntilItCan() throws Exception {
        project("p", REPOSITORY);
        scm.closeChangeRequest(REPOSITORY, number);
        scm.addFault(new MockFailure() {
            @Override
            public void check(String repository, String branchOrCR, String revision, boolean actions)
                    throws java.io.IOException {
                throw new java.io.IOException("the server is down");
            }
        });
        tell(SCMEvent.Type.REMOVED, REPOSITORY, number, null);
        awaitAsleep(false, Duration.ofDays(7));
        scm.clearFaults();
        tell(SCMEvent.Type.REMOVED, REPOSITORY, number, null);
        await().atMost(Duration.ofMinutes(2))
                .until(() -> record().orElseThrow().closing().confirmed());
        awaitAsleep(true, Duration.ofDays(1));
    }

    @Test
    void anEmptyListingOnlySleepsAndTheNextBuildBringsTheDataBack() throws Exception {
        WorkflowMultiBranchProject project = project("p", REPOSITORY);
        String machine = record().orElseThrow().machineId();
        rescan(project, new MockSCMDiscoverBranches());
        assertThat(job(project, number)).as("cleaned up in the same scan").isNull();
        awaitAsleep(false, Duration.ofDays(7));

        rescan(project, new MockSCMDiscoverChangeRequests());
        assertThat(job(project, number)).as(log(project)).isNotNull();
        r.assertBuildStatusSuccess(job(project, number).getLastBuild());
        assertThat(job(project, number).getLastBuild().getNumber()).isEqualTo(1);
        assertThat(record().orElseThrow().state()).isEqualTo(PreviewState.READY);
        assertThat(record().orElseThrow().closing()).isNull();
        assertThat(record().orElseThrow().machineId()).isEqualTo(machine);
    }

    @Test
    void aDeadBranchWhoseJobIsKeptOnlySleeps() throws Exception {
        WorkflowMultiBranchProject project = project("p", REPOSITORY);
        project.setOrphanedItemStrategy(new DefaultOrphanedItemStrategy(true, "30", "30"));
        rescan(project);
        assertThat(job(project, number)).isNotNull();
        awaitAsleep(false, Duration.ofDays(7));
        assertThat(PreviewJobs.jobOf(record().orElseThrow())).contains(job(project, number));
    }

    @Test
    void anOutageAndADisabledProjectDoNothing() throws Exception {
        WorkflowMultiBranchProject project = project("p", REPOSITORY);
        scm.addFault(new MockFailure() {
            @Override
            public void check(String repository, String branchOrCR, String revision, boolean actions)
                    throws java.io.IOException {
                throw new java.io.IOException("the server is down");
            }
        });
        scan(project);
        reconcile();
        assertThat(record().orElseThrow().state()).isEqualTo(PreviewState.READY);
        scm.clearFaults();
        project.doDisable();
        scan(project);
        reconcile();
        assertThat(record().orElseThrow().state()).isEqualTo(PreviewState.READY);
    }

    @Test
    void aPersonWhoDeletesTheProjectMeansIt() throws Exception {
        WorkflowMultiBranchProject project = project("p", REPOSITORY);
        r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
        try (ACLContext ignored = ACL.as2(User.getById("alice", true).impersonate2())) {
            project.delete();
        }
        awaitAsleep(true, Duration.ofDays(1));
        assertThat(record().orElseThrow().closing().reason()).contains("alice");
    }

    @Test
    void aJobThatVanishedWhileNobodyLookedIsFoundAndSleeps() throws Exception {
        WorkflowMultiBranchProject project = project("p", REPOSITORY);
        ItemListener.all().remove(ItemListener.all().get(DeletedJobs.class));
        job(project, number).delete();
        assertThat(record().orElseThrow().state()).isEqualTo(PreviewState.READY);
        reconcile();
        awaitAsleep(false, Duration.ofDays(7));
    }

    @Test
    void previewsFollowRenamedProjectsAndMovedFolders() throws Exception {
        WorkflowMultiBranchProject project = project("p", REPOSITORY);
        String url =
                PreviewAction.of(job(project, number).getLastBuild()).get(0).getUrl();
        project.renameTo("q");
        assertThat(PreviewJobs.jobOf(record().orElseThrow())).contains(job(project, number));
        Folder folder = r.jenkins.createProject(Folder.class, "team");
        WorkflowMultiBranchProject moved = hudson.model.Items.move(project, folder);
        assertThat(PreviewJobs.jobOf(record().orElseThrow())).contains(job(moved, number));
        assertThat(PreviewJobs.recordsOf(job(moved, number))).containsExactly(record().orElseThrow());
        push(REPOSITORY, number, "two");
        scan(moved);
        assertThat(PreviewAction.of(job(moved, number).getLastBuild()).get(0).getUrl())
                .isEqualTo(url);
        assertThat(World.get(url)).isEqualTo("two of " + number);
        assertThat(world.machines()).hasSize(1);
    }

    @Test
    void twoRepositoriesMayHaveTheSameNumber() throws Exception {
        repository("other");
        int same = open("other", "other");
        assertThat(same).isEqualTo(number);
        WorkflowMultiBranchProject shop = project("p", REPOSITORY);
        WorkflowMultiBranchProject other = project("o", "other");
        String shopUrl =
                PreviewAction.of(job(shop, number).getLastBuild()).get(0).getUrl();
        String otherUrl =
                PreviewAction.of(job(other, same).getLastBuild()).get(0).getUrl();
        assertThat(World.get(shopUrl)).isEqualTo("one of " + number);
        assertThat(World.get(otherUrl)).isEqualTo("other of " + same);
        scm.closeChangeRequest("other", same);
        tell(SCMEvent.Type.REMOVED, "other", same, null);
        await().atMost(Duration.ofMinutes(2)).until(() -> PreviewEngines.get().records().stream()
                .anyMatch(record -> record.state() == PreviewState.CLOSING));
        assertThat(record().orElseThrow().state()).isEqualTo(PreviewState.READY);
    }

    @Test
    void aBranchThatLivesAgainTakesTheClosingBackWithoutABuild() throws Exception {
        WorkflowMultiBranchProject project = project("p", REPOSITORY);
        String machine = record().orElseThrow().machineId();
        project.setOrphanedItemStrategy(new DefaultOrphanedItemStrategy(true, "30", "30"));
        rescan(project);
        awaitAsleep(false, Duration.ofDays(7));

        rescan(project, new MockSCMDiscoverChangeRequests());
        await().atMost(Duration.ofMinutes(2)).until(() -> record().orElseThrow().state() == PreviewState.READY);
        assertThat(record().orElseThrow().closing()).isNull();
        assertThat(record().orElseThrow().machineId()).isEqualTo(machine);
    }

    @Test
    void ofQuickPushesTheNewestWins() throws Exception {
        WorkflowMultiBranchProject project = project("p", REPOSITORY);
        scm.addFile(
                REPOSITORY, "change-request/" + number, "Slow", "Jenkinsfile", """
                pipeline { agent none
                  stages { stage('Preview') { steps {
                    dedalusPreview deploy: 'echo slow-begins; sleep 60', start: 'true'
                } } } }
                """.getBytes(StandardCharsets.UTF_8));
        project.scheduleBuild2(0).getFuture().get();
        await().atMost(Duration.ofMinutes(2))
                .until(() -> job(project, number).getLastBuild().getNumber() == 2
                        && World.log(job(project, number).getLastBuild()).contains("slow-begins"));
        WorkflowRun slow = job(project, number).getLastBuild();
        push(REPOSITORY, number, "three");
        scan(project);
        r.assertBuildStatus(Result.NOT_BUILT, r.waitForCompletion(slow));
        r.assertLogContains("gave way to commit", slow);
        assertThat(World.log(slow)).doesNotContain("\tat ");
        WorkflowRun newest = r.assertBuildStatusSuccess(job(project, number).getLastBuild());
        assertThat(newest.getNumber()).isEqualTo(3);
        assertThat(World.get(PreviewAction.of(newest).get(0).getUrl())).isEqualTo("three of " + number);
    }
}
