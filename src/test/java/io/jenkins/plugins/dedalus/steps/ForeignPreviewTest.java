package io.jenkins.plugins.dedalus.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.Item;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.config.DedalusFolderProperty;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.DedalusPermissions;
import io.jenkins.plugins.dedalus.config.Keys;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.MachineIntent;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import java.net.URL;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Two teams with a folder and a Dedalus account each. Naming the other one's repository opens nothing. */
@WithJenkins
class ForeignPreviewTest {
    private static final PreviewKey KEY = PreviewKey.of("github.com/acme/shop", "7");
    private static final String MAKE =
            "dedalusPreview repository: 'github.com/acme/shop', changeId: '7', deploy: 'printf ours > version', start: '%s'";
    private static final String ALL_STEPS = """
            def of = [repository: '%s', changeId: '7', failBuild: false]
            def made = dedalusPreview(of + [deploy: 'printf theirs > version', start: 'sleep 1'])
            echo "made ${made.url} ${made.machineId}"
            echo "read ${dedalusExec(of + [script: 'cat version', returnStdout: true])}"
            echo "woke ${dedalusWake(of)}"
            echo "slept ${dedalusSleep(of)}"
            echo "seen ${dedalusStatus(of)}"
            dedalusTeardown(of)
            """;

    private JenkinsRule r;
    private World world;
    private Folder ours;
    private Folder theirs;
    private WorkflowJob owner;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        r = rule;
        world = World.startIn(rule);
        ours = folder("ours");
        theirs = folder("theirs");
        owner = job(ours, "shop", MAKE.formatted(World.serve()));
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void aJobOfAnotherAccountGetsSentencesAndNothingElse() throws Exception {
        r.buildAndAssertSuccess(owner);
        refused(job(theirs, "evil", ALL_STEPS.formatted(KEY.repository())), "is open in another Dedalus account");
        refused(
                job(theirs, "speller", ALL_STEPS.formatted("https://x@GitHub.com/acme/shop.git/")),
                "is open in another Dedalus account");
        refused(job(r.jenkins, "global", ALL_STEPS.formatted(KEY.repository())), "is open in another Dedalus account");
    }

    @Test
    void anotherJobOfTheSameAccountGetsSentencesToo() throws Exception {
        r.buildAndAssertSuccess(owner);
        refused(job(ours, "other", ALL_STEPS.formatted(KEY.repository())), "belongs to another job");
        Folder inner = ours.createProject(Folder.class, "inner");
        refused(job(inner, "shop", ALL_STEPS.formatted(KEY.repository())), "belongs to another job");
    }

    @Test
    void aJobThatWasMadeAnewUnderAnotherNamePathOrAccountIsNotTheOldOne() throws Exception {
        r.buildAndAssertSuccess(owner);
        owner.renameTo("store");
        refused(job(ours, "shop", ALL_STEPS.formatted(KEY.repository())), "belongs to another job");
        r.buildAndAssertSuccess(owner);

        ours.renameTo("team");
        Folder squatters = folder("ours");
        refused(job(squatters, "store", ALL_STEPS.formatted(KEY.repository())), "is open in another Dedalus account");
        r.buildAndAssertSuccess(owner);
        assertThat(world.machines()).hasSize(1);

        hudson.model.Items.move(owner, theirs);
        WorkflowJob moved = (WorkflowJob) theirs.getItem("store");
        moved.setDefinition(new CpsFlowDefinition(ALL_STEPS.formatted(KEY.repository()), true));
        refused(moved, "is open in another Dedalus account");
    }

    @Test
    void whoAsksFirstInAnotherAccountGetsNeitherCodeNorSecrets() throws Exception {
        WorkflowJob squatter = job(theirs, "evil", MAKE.formatted(World.serve()));
        r.buildAndAssertSuccess(squatter);
        long machines = world.machines().size();

        WorkflowRun run = World.fail(r, owner, "is open in another Dedalus account", "an administrator can look it up");

        assertThat(World.log(run)).doesNotContain("theirs").doesNotContain("evil");
        assertThat(world.machines()).hasSize((int) machines);
        close();
        r.buildAndAssertSuccess(owner);
        assertThat(PreviewEngines.get().account(KEY, null).context()).isEqualTo("ours");
    }

    @Test
    void aClosedPreviewBindsNobodyAndTellsNothing() throws Exception {
        r.buildAndAssertSuccess(owner);
        String machine = record().machineId();
        close();
        for (WorkflowJob other : List.of(
                job(
                        theirs,
                        "evil",
                        "echo \"seen ${dedalusStatus(repository: '" + KEY.repository()
                                + "', changeId: '7', failBuild: false)}\""),
                job(
                        ours,
                        "other",
                        "echo \"seen ${dedalusStatus(repository: '" + KEY.repository()
                                + "', changeId: '7', failBuild: false)}\""))) {
            assertThat(World.log(r.buildAndAssertSuccess(other)))
                    .doesNotContain(machine)
                    .doesNotContain("closed");
        }
        WorkflowJob next = job(theirs, "next", MAKE.formatted("exit 1"));
        World.fail(r, next, "exit");
        users(owner, next);
        String page = "dedalus/preview/" + KEY.id() + "/";
        assertThat(status("ours", HttpMethod.GET, page))
                .as("the new one isn't theirs")
                .isEqualTo(404);
    }

    @Test
    void aBuildThatAskedHoldsItsPreviewWhileItIsStillToCome() throws Exception {
        WorkflowJob slow = job(ours, "slow", """
                dedalusPreview repository: 'github.com/acme/shop', changeId: '7', deploy: 'false', start: 'false', failBuild: false
                dedalusTeardown repository: 'github.com/acme/shop', changeId: '7'
                echo 'It waits.'
                waitUntil(quiet: true) { currentBuild.description == 'go' }
                """);
        WorkflowRun run = slow.scheduleBuild2(0).waitForStart();
        r.waitForMessage("It waits.", run);

        World.fail(r, owner, "belongs to another job");

        run.setDescription("go");
        r.waitForCompletion(run);
        r.buildAndAssertSuccess(owner);
    }

    @Test
    void pagesAndButtonsOfAForeignPreviewDontExist() throws Exception {
        r.buildAndAssertSuccess(owner);
        WorkflowJob evil = job(theirs, "evil", "dedalusStatus repository: '" + KEY.repository() + "', changeId: '7'");
        r.buildAndAssertStatus(hudson.model.Result.FAILURE, evil);
        users(owner, evil);
        String page = "dedalus/preview/" + KEY.id() + "/";
        String link = "dedalus/open/" + KEY.id() + "/";
        PreviewRecord before = record();
        world.emulator().calls().clear();

        for (String path : List.of(page, page + "state", page + "live", page + "confirm", page + "machine", link)) {
            assertThat(status("theirs", HttpMethod.GET, path)).as(path).isEqualTo(404);
        }
        for (String path : List.of("wake", "sleep", "rebuild", "teardown", "adopt?machine=dm-1")) {
            assertThat(status("theirs", HttpMethod.POST, page + path)).as(path).isEqualTo(404);
        }
        assertThat(status("theirs", HttpMethod.POST, link + "wake")).isEqualTo(404);
        for (String path : List.of("dedalus/", "dedalus/api/json", evil.getUrl(), evil.getUrl() + "lastBuild/")) {
            assertThat(client("theirs").goTo(path, null).getWebResponse().getContentAsString())
                    .as(path)
                    .doesNotContain(KEY.id());
        }
        assertThat(world.emulator().calls().list()).isEmpty();
        assertThat(record()).isEqualTo(before);
        assertThat(owner.getLastBuild().getNumber()).isEqualTo(1);
        assertThat(status("ours", HttpMethod.GET, page)).as("the own one").isEqualTo(200);
    }

    /** Both folders have a key of the same Dedalus account here. */
    @Test
    void aMachineOfAnotherFolderIsNotAdopted() throws Exception {
        r.buildAndAssertSuccess(owner);
        String machine = record().machineId();
        WorkflowJob evil = job(
                theirs,
                "evil",
                MAKE.formatted(World.serve()).replace("acme/shop', changeId: '7'", "evil/shop', changeId: '8'"));
        r.buildAndAssertSuccess(evil);
        PreviewKey key = PreviewKey.of("github.com/evil/shop", "8");
        PreviewRecord own = PreviewEngines.get().record(key).orElseThrow();
        PreviewEngines.get()
                .ledger(key)
                .put(own.toBuilder()
                        .state(PreviewState.FAILED)
                        .machine(null)
                        .creation(new MachineIntent(
                                "create-1",
                                own.machine().vcpu(),
                                own.machine().memoryMib(),
                                own.machine().storageGib(),
                                own.machine().autosleep(),
                                Instant.now().minusSeconds(3600),
                                true))
                        .build());
        users(owner, evil);
        String page = "dedalus/preview/" + key.id() + "/";

        String offered =
                client("theirs").goTo(page + "machine").getWebResponse().getContentAsString();
        assertThat(offered).contains(own.machineId()).doesNotContain(machine);
        assertThat(status("theirs", HttpMethod.POST, page + "adopt?machine=" + machine))
                .isEqualTo(302);

        assertThat(PreviewEngines.get().record(key).orElseThrow().machineId()).isNull();
        assertThat(client("theirs").goTo(page).getBody().getTextContent()).contains("it is another preview's");
        assertThat(record().machineId()).isEqualTo(machine);
    }

    @Test
    void aListedJobOfTheSameAccountMayAndThePreviewStaysItsOwners() throws Exception {
        r.buildAndAssertSuccess(owner);
        Folder nightly = ours.createProject(Folder.class, "n\u00fcchtern");
        WorkflowJob guest = job(
                nightly,
                "e2e.x",
                "echo \"read ${dedalusExec(repository: '" + KEY.repository()
                        + "', changeId: '7', script: 'cat version', returnStdout: true)}\"\n"
                        + MAKE.formatted(World.serve()));
        WorkflowJob alike = job(nightly, "e2e-x", ALL_STEPS.formatted(KEY.repository()));
        WorkflowJob foreign = job(theirs, "e2e.x", ALL_STEPS.formatted(KEY.repository()));
        allow("nobody\nours/*/e2e.x\ntheirs/**");

        assertThat(World.log(r.buildAndAssertSuccess(guest))).contains("read ours");
        assertThat(PreviewJobs.get().link(KEY).orElseThrow().job()).isEqualTo("ours/shop");
        refused(alike, "belongs to another job");
        refused(foreign, "is open in another Dedalus account");
        r.buildAndAssertSuccess(owner);

        allow(null);
        guest.setDefinition(new CpsFlowDefinition(ALL_STEPS.formatted(KEY.repository()), true));
        refused(guest, "belongs to another job");
    }

    @Test
    void anAdministratorGivesThePreviewOfADeletedJobToAnother() throws Exception {
        r.buildAndAssertSuccess(owner);
        WorkflowJob heir = job(ours, "heir", ALL_STEPS.formatted(KEY.repository()));
        WorkflowJob evil = job(theirs, "evil", "echo 'nothing'");
        owner.delete();
        // First the teardown has to begin.
        Awaitility.await().until(() -> record().state() == PreviewState.CLOSING && record().operation() == null);
        WorkflowJob sameName = job(ours, "shop", ALL_STEPS.formatted(KEY.repository()));
        refused(sameName, "belongs to another job");
        users(heir, evil);
        String give = "dedalus/preview/" + KEY.id() + "/give?job=";
        assertThat(status("theirs", HttpMethod.POST, give + "theirs/evil")).isEqualTo(404);
        assertThat(status("ours", HttpMethod.POST, give + "ours/heir")).isEqualTo(404);
        assertThat(status("admin", HttpMethod.GET, give + "ours/heir")).isIn(404, 405);
        assertThat(status("admin", HttpMethod.POST, give + "theirs/evil")).isEqualTo(400);
        assertThat(status("admin", HttpMethod.POST, give + "nowhere")).isEqualTo(400);
        assertThat(status("admin", HttpMethod.POST, give + "ours/heir")).isEqualTo(302);

        heir.setDefinition(new CpsFlowDefinition(MAKE.formatted(World.serve()), true));
        r.buildAndAssertSuccess(heir);
        assertThat(world.machines()).hasSize(1);
        assertThat(status("ours", HttpMethod.POST, give + "theirs/evil")).isEqualTo(403);
    }

    private void allow(String jobs) throws Exception {
        DedalusFolderProperty property = ours.getProperties().get(DedalusFolderProperty.class);
        property.setAllowedJobs(jobs);
        ours.save();
    }

    /** Runs it and expects that nothing happened anywhere. */
    private void refused(WorkflowJob job, String sentence) throws Exception {
        Optional<PreviewLink> link = PreviewJobs.get().link(KEY);
        PreviewRecord record = record();
        world.emulator().calls().clear();

        WorkflowRun run = r.buildAndAssertSuccess(job);

        String log = World.log(run);
        assertThat(log.split(java.util.regex.Pattern.quote(sentence), -1))
                .as(log)
                .hasSize(7);
        assertThat(log)
                .contains("made null null", "read null", "woke null", "slept null", "seen null")
                .doesNotContain(record.machineId())
                .doesNotContain(
                        link.orElseThrow().job().equals(job.getFullName())
                                ? "no other"
                                : link.get().job())
                .doesNotContain("\tat ");
        assertThat(world.emulator().calls().list()).isEmpty();
        assertThat(PreviewJobs.get().link(KEY)).isEqualTo(link);
        assertThat(record()).isEqualTo(record);
        assertThat(PreviewEngines.get().records()).hasSize(1);
    }

    private static PreviewRecord record() {
        return PreviewEngines.get().record(KEY).orElseThrow();
    }

    private static void close() {
        PreviewEngines.get()
                .lifecycle(KEY)
                .teardown(KEY, Teardown.now("by hand"), progress -> {})
                .result()
                .join();
        assertThat(record().state()).isEqualTo(PreviewState.CLOSED);
    }

    private Folder folder(String name) throws Exception {
        Folder folder = r.jenkins.createProject(Folder.class, name);
        Keys.folder(folder, name + "-key", world.emulator().apiKey());
        DedalusFolderProperty property = new DedalusFolderProperty();
        property.setCredentialsId(name + "-key");
        folder.addProperty(property);
        return folder;
    }

    private static WorkflowJob job(jenkins.model.ModifiableTopLevelItemGroup where, String name, String pipeline)
            throws Exception {
        WorkflowJob job = (WorkflowJob)
                where.createProject(Jenkins.get().getDescriptorByType(WorkflowJob.DescriptorImpl.class), name, true);
        job.setDefinition(new CpsFlowDefinition(pipeline, true));
        return job;
    }

    /** Each may do everything with the own job, and nothing with the other's. */
    private void users(Item own, Item other) {
        r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
        r.jenkins.setCrumbIssuer(null);
        MockAuthorizationStrategy rights = new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .to("ours", "theirs")
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin");
        for (Item folder : List.of(ours, theirs)) {
            rights.grant(Item.READ).onItems(folder).to("ours", "theirs");
        }
        rights.grant(Item.READ, Item.BUILD, Item.CONFIGURE, DedalusPermissions.WAKE, DedalusPermissions.MANAGE)
                .onItems(own)
                .to("ours");
        rights.grant(Item.READ, Item.BUILD, Item.CONFIGURE, DedalusPermissions.WAKE, DedalusPermissions.MANAGE)
                .onItems(other)
                .to("theirs");
        r.jenkins.setAuthorizationStrategy(rights);
        assertThat(DedalusGlobalConfiguration.get().getPublicUrl()).isNull();
    }

    private JenkinsRule.WebClient client(String user) throws Exception {
        JenkinsRule.WebClient web = r.createWebClient().withThrowExceptionOnFailingStatusCode(false);
        web.getOptions().setRedirectEnabled(false);
        web.getOptions().setJavaScriptEnabled(false);
        return web.withBasicApiToken(user);
    }

    private int status(String user, HttpMethod method, String path) throws Exception {
        Page page = client(user).getPage(new WebRequest(new URL(r.getURL(), path), method));
        return page.getWebResponse().getStatusCode();
    }
}
