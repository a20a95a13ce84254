package io.jenkins.plugins.dedalus.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.ExtensionList;
import hudson.model.TaskListener;
import hudson.util.StreamTaskListener;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.config.Records;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.Closing;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.scm.Links;
import io.jenkins.plugins.dedalus.steps.World;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jenkins.branch.BranchSource;
import jenkins.plugins.git.GitSCMSource;
import jenkins.scm.api.SCMSource;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** A preview whose time is over, beside branch sources of other teams that are broken or hang. */
@WithJenkins
class IsolatedReconciliationTest {
    private static final PreviewKey DUE = PreviewKey.of("git.example.com/acme/shop", "1");
    private static final PreviewKey OTHER = PreviewKey.of("git.example.com/acme/other", "2");

    private World world;
    private JenkinsRule r;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        r = rule;
        world = World.startIn(rule);
        try (DedalusClient client = DedalusClient.builder()
                .baseUrl(world.emulator().baseUrl().toString())
                .apiKey(world.emulator().apiKey())
                .build()) {
            String machine = client.machines()
                    .create(new MachineCreate(1, 1024, 10, "5m"), RequestOptions.none())
                    .machineId();
            Instant now = Instant.now().minusSeconds(60);
            PreviewRecord record = Records.put(PreviewEngines.get().ledger(DUE), DUE, machine, "http://127.0.0.1:9/");
            PreviewEngines.get()
                    .ledger(DUE)
                    .put(record.toBuilder()
                            .state(PreviewState.CLOSING)
                            .closing(new Closing(now, true, now, "It was closed before Jenkins stopped.", true))
                            .build());
            String other = client.machines()
                    .create(new MachineCreate(1, 1024, 10, "5m"), RequestOptions.none())
                    .machineId();
            Records.put(PreviewEngines.get().ledger(OTHER), OTHER, other, "http://127.0.0.1:9/");
        }
        assertThat(world.machines()).hasSize(2);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    private void project(String name, SCMSource source) throws Exception {
        WorkflowMultiBranchProject project = r.jenkins.createProject(WorkflowMultiBranchProject.class, name);
        project.getSourcesList().add(new BranchSource(source));
        // Its job is gone, but the preview is the project's still.
        Links.put(OTHER, name + "/PR-2", "PR-2");
    }

    private void awaitDeleted() {
        await().atMost(Duration.ofSeconds(60)).until(() -> PreviewEngines.get()
                .record(DUE)
                .filter(record -> record.state() == PreviewState.CLOSED)
                .isPresent());
        assertThat(world.machines()).hasSize(1);
    }

    @Test
    void aBlankRemoteStopsNobodyElsesClosing() throws Exception {
        project("blank", new GitSCMSource(" "));
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        ReconcileWork.run(new StreamTaskListener(log, StandardCharsets.UTF_8));
        awaitDeleted();
        assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain("could not be looked at");
        assertThat(PreviewEngines.get().record(OTHER).orElseThrow().state()).isNotEqualTo(PreviewState.CLOSED);
    }

    @Test
    void anExtensionThatFailsIsToldAndStopsNobody() throws Exception {
        project("odd", new OddSource());
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        ReconcileWork.run(new StreamTaskListener(log, StandardCharsets.UTF_8));
        awaitDeleted();
        assertThat(log.toString(StandardCharsets.UTF_8)).contains(OTHER.id(), "could not be looked at", "odd source");
    }

    @Test
    void aThrottledServerHoldsOnlyItsOwnWorker() throws Exception {
        HangingStates throttled = ExtensionList.lookupSingleton(HangingStates.class);
        project("throttled", new GitSCMSource("https://git.example.com/acme/other.git"));
        ReconcileWork.run(TaskListener.NULL);
        awaitDeleted();
        assertThat(throttled.asked.await(60, TimeUnit.SECONDS)).isTrue();
        ReconcileWork.run(TaskListener.NULL);
        assertThat(throttled.release.getCount()).as("it hangs still").isEqualTo(1);
        // One of an earlier Jenkins may just be ending.
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("dedalus-scm")))
                .hasSize(1));
        throttled.release.countDown();
    }

    /** Like GitHub's, when its limit is used up: it sleeps until the next hour. */
    @TestExtension("aThrottledServerHoldsOnlyItsOwnWorker")
    public static final class HangingStates implements ChangeStates {
        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        @Override
        public Map<String, Boolean> closed(SCMSource source, Set<String> changeIds) throws InterruptedException {
            asked.countDown();
            release.await();
            return Map.of();
        }

        @Override
        public boolean knows(SCMSource source) {
            return source instanceof GitSCMSource;
        }

        @Override
        public String server(SCMSource source) {
            return "git.example.com";
        }
    }

    /** Some other plugin's, with a fault of its own. */
    private static final class OddSource extends GitSCMSource {
        OddSource() {
            super("https://git.example.com/acme/other.git");
        }

        @Override
        public String getRemote() {
            throw new IllegalStateException("The odd source is broken.");
        }
    }
}
