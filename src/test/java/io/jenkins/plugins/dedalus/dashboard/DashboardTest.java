package io.jenkins.plugins.dedalus.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.dedalus.accounts.AuditLog;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.build.StateBadge;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.MachineIntent;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import org.awaitility.Awaitility;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlButton;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlSelect;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LogRecorder;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What people see and press. */
@WithJenkins
class DashboardTest {
    private static final String MARKUP = "<img src=x onerror=alert(1)>";

    @Test
    void buttonsSleepAndTearDownWithoutScripts(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r);
                LogRecorder audit =
                        new LogRecorder().record(AuditLog.NAME, Level.INFO).capture(10);
                JenkinsRule.WebClient web = r.createWebClient()) {
            FreeStyleProject job = stage.job("shop");
            PreviewRecord record = stage.preview(job, "12", "feature");
            stage.users(job);
            web.getOptions().setJavaScriptEnabled(false);
            login(web, "manager");
            HtmlPage list = web.goTo("dedalus/");
            assertThat(list.getElementById(record.key().id()).getTextContent()).contains("awake", "#12", "feature");

            HtmlPage asleep = button(list, "sleep").click();

            stage.awaitPhase(record.machineId(), MachinePhase.SLEEPING);
            assertThat(asleep.getUrl().getPath()).endsWith("/dedalus/");
            HtmlPage after = web.goTo("dedalus/");
            assertThat(after.getElementById(record.key().id()).getTextContent()).contains("asleep");
            lifetime(web, record);
            HtmlPage confirm = web.goTo("dedalus/preview/" + record.key().id() + "/confirm");
            assertThat(PreviewEngines.get().record(record.key()))
                    .as("nothing yet")
                    .isPresent();
            web.setThrowExceptionOnFailingStatusCode(false);
            button(confirm, "teardown").click();
            Awaitility.await().until(() -> PreviewEngines.get().records().isEmpty());
            stage.awaitPhase(record.machineId(), MachinePhase.DESTROYED);
            assertThat(web.goTo("dedalus/").getElementById(record.key().id()))
                    .as("a closed preview is listed no more")
                    .isNull();
            assertThat(web.goTo("dedalus/preview/" + record.key().id() + "/")
                            .getBody()
                            .getTextContent())
                    .contains("closed", "taken down by manager");
            assertThat(audit.getMessages())
                    .anyMatch(line -> line.contains(
                            "manager put to sleep preview " + record.key().id()))
                    .anyMatch(line -> line.contains(
                            "manager took down preview " + record.key().id()));
        }
    }

    @Test
    void aPersonSaysWhichMachineAnUnansweredCreateMade(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r);
                JenkinsRule.WebClient web = r.createWebClient()) {
            FreeStyleProject job = stage.job("shop");
            PreviewRecord record = stage.preview(job, "12", "feature");
            stage.users(job);
            PreviewEngines.get()
                    .ledger(record.key())
                    .put(record.toBuilder()
                            .state(PreviewState.FAILED)
                            .machine(null)
                            .creation(new MachineIntent("create-1", 1, 1024, 10, "5m", Instant.now(), true))
                            .build());
            String machine = stage.machine();
            web.getOptions().setJavaScriptEnabled(false);
            login(web, "dev");
            String page = "dedalus/preview/" + record.key().id() + "/";
            assertThat(web.goTo(page + "machine").getElementsByName("adopt")).isEmpty();
            login(web, "manager");
            assertThat(web.goTo(page).getByXPath("//a[contains(@href,'/machine')]"))
                    .isNotEmpty();

            HtmlPage question = web.goTo(page + "machine");
            HtmlSelect choice = (HtmlSelect) question.getElementByName("machine");
            choice.setSelectedAttribute(machine, true);
            HtmlPage answered = button(question, "adopt").click();

            assertThat(answered.getBody().getTextContent())
                    .contains("Machine " + machine + " belongs to this preview now");
            PreviewRecord adopted = PreviewEngines.get().record(record.key()).orElseThrow();
            assertThat(adopted.machineId()).isEqualTo(machine);
            assertThat(adopted.creation()).isNull();
            assertThat(web.goTo(page).getByXPath("//a[contains(@href,'/machine')]"))
                    .isEmpty();
        }
    }

    private static void lifetime(JenkinsRule.WebClient web, PreviewRecord record) throws Exception {
        String address = "dedalus/preview/" + record.key().id() + "/";
        PreviewLedger ledger = PreviewEngines.get().ledger(record.key());
        ledger.change(record.key(), now -> now.toBuilder()
                .lifetime(now.lifetime().pushed(Duration.ofDays(1), Duration.ofDays(2), Instant.now(), true))
                .build());
        HtmlPage page = web.goTo(address);
        assertThat(page.getBody().getTextContent()).contains("if nobody looks, it is closed", "in 23 hr");
        assertThat(button(page, "extend").<HtmlPage>click().getBody().getTextContent())
                .contains("It stays until ", "in 7 days");
        HtmlPage pinned = button(web.goTo(address), "pin").click();
        assertThat(pinned.getBody().getTextContent()).contains("pinned", "however long nobody looks");
        assertThat(pinned.getElementsByName("pin")).isEmpty();
        assertThat(pinned.getElementsByName("extend")).isEmpty();
        assertThat(web.goTo(address + "state", "application/json")
                        .getWebResponse()
                        .getContentAsString())
                .contains("\"pinned\":true", "\"expiresAt\":null", "\"expiresSoon\":false");
        button(pinned, "unpin").click();
        assertThat(PreviewEngines.get()
                        .record(record.key())
                        .orElseThrow()
                        .lifetime()
                        .pinned())
                .isFalse();
    }

    @Test
    void aReaderSeesNoButtons(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r);
                JenkinsRule.WebClient web = r.createWebClient()) {
            FreeStyleProject job = stage.job("shop");
            PreviewRecord record = stage.preview(job, "12", "feature");
            stage.users(job);
            login(web, "reader");

            HtmlPage list = web.goTo("dedalus/");

            assertThat(list.getElementById(record.key().id()).getTextContent()).contains("awake");
            assertThat(list.getElementsByName("sleep")).isEmpty();
            assertThat(list.getElementsByName("rebuild")).isEmpty();
            HtmlPage own = web.goTo("dedalus/preview/" + record.key().id() + "/");
            assertThat(own.getElementsByName("pin")).isEmpty();
            for (String verb : List.of("pin", "unpin", "extend")) {
                String path = "dedalus/preview/" + record.key().id() + "/" + verb;
                assertThat(stage.post("reader", path, null).getWebResponse().getStatusCode())
                        .as(verb)
                        .isEqualTo(403);
                assertThat(stage.status("manager", path)).as(verb + " by GET").isIn(404, 405);
            }
            assertThat(list.getByXPath("//a[contains(@href,'confirm')]")).isEmpty();
            HtmlPage page = web.goTo("dedalus/preview/" + record.key().id() + "/confirm");
            assertThat(page.getElementsByName("teardown")).isEmpty();
        }
    }

    @Test
    void rebuildBuildsTheJob(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r);
                JenkinsRule.WebClient web = r.createWebClient()) {
            FreeStyleProject job = stage.job("shop");
            stage.preview(job, "12", "feature");
            stage.users(job);
            login(web, "manager");
            int before = job.getLastBuild().getNumber();

            HtmlPage after = button(web.goTo("dedalus/"), "rebuild").click();

            assertThat(after.getBody().getTextContent()).contains("in the queue");
            r.waitUntilNoActivity();
            assertThat(job.getLastBuild().getNumber()).isEqualTo(before + 1);
            assertThat(job.getLastBuild().getCauses().get(0).getShortDescription())
                    .contains("manager");
        }
    }

    @Test
    void markupInNamesIsText(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r);
                JenkinsRule.WebClient web = r.createWebClient()) {
            FreeStyleProject job = stage.job("shop");
            PreviewRecord record = stage.preview(job, "12", MARKUP);
            PreviewEngines.get()
                    .ledger(record.key())
                    .put(record.toBuilder().problem("It said " + MARKUP).build());
            stage.users(job);
            login(web, "manager");
            for (String path : new String[] {
                "dedalus/",
                "dedalus/?q=%3Cimg",
                "dedalus/?q=%22%3E%3Cimg%20src=x%3E",
                "dedalus/preview/" + record.key().id() + "/",
                "dedalus/preview/" + record.key().id() + "/live",
                "dedalus/open/" + record.key().id() + "/",
                "job/shop/",
                "job/shop/1/"
            }) {
                HtmlPage page = web.getPage(new URL(r.getURL(), path));
                assertThat(page.getByXPath("//img[@src='x']")).as(path).isEmpty();
                assertThat(page.getWebResponse().getContentAsString()).as(path).doesNotContain("<img src=x");
            }
            assertThat(web.goTo("dedalus/").getBody().getTextContent()).contains(MARKUP);
        }
    }

    @Test
    void saysWhatIsMissing(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r);
                JenkinsRule.WebClient web = r.createWebClient()) {
            stage.users(stage.job("shop"));
            login(web, "admin");
            assertThat(web.goTo("dedalus/").getBody().getTextContent()).contains("No previews yet");

            DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
            settings.setCredentialsId("gone");
            settings.save();

            assertThat(web.goTo("dedalus/").getBody().getTextContent()).contains("Choose Secret text credentials");
        }
    }

    @Test
    void fiveHundredPreviewsComeInPages(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r);
                JenkinsRule.WebClient web = r.createWebClient()) {
            FreeStyleProject job = stage.job("shop");
            stage.users(job);
            hudson.model.FreeStyleBuild build = r.buildAndAssertSuccess(job);
            for (int i = 1; i <= 500; i++) {
                PreviewKey key = PreviewKey.of("github.com/acme/shop", Integer.toString(i));
                PreviewJobs.get().ask(key, build, null);
                Stage.put(key, "dm-" + i, "branch-" + i);
            }
            login(web, "reader");
            web.getOptions().setJavaScriptEnabled(false);
            web.goTo("dedalus/");
            stage.emulator.calls().clear();
            HtmlPage first = web.goTo("dedalus/");

            assertThat(first.getByXPath("//table[@id='previews']/tbody/tr")).hasSize(Listing.PAGE);
            assertThat(first.getBody().getTextContent()).contains("1 to 50 of 500");
            assertThat(stage.emulator.calls().list().size())
                    .as("one read of machines, two of their use")
                    .isLessThanOrEqualTo(3);
            HtmlPage last = web.goTo("dedalus/?page=10");
            assertThat(last.getBody().getTextContent()).contains("451 to 500 of 500");
            assertThat(web.goTo("dedalus/?page=99999").getBody().getTextContent())
                    .contains("451 to 500 of 500");
            assertThat(web.goTo("dedalus/?q=branch-499").getByXPath("//table[@id='previews']/tbody/tr"))
                    .hasSize(1);
            assertThat(web.goTo("dedalus/?q=nosuchthing").getBody().getTextContent())
                    .contains("Nothing found");
        }
    }

    @Test
    void jsonHasATagThatChangesWithTheContent(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            FreeStyleProject job = stage.job("shop");
            PreviewRecord record = stage.preview(job, "12", "feature");
            stage.users(job);
            for (String path : new String[] {"dedalus/api/json", "dedalus/router/directory"}) {
                stage.publicUrl("https://{preview}.previews.example.net", "jenkins");
                WebResponse first = tagged(stage, path, null);
                String tag = first.getResponseHeaderValue("ETag");
                assertThat(first.getStatusCode()).isEqualTo(200);
                assertThat(tag).matches("\"[A-Za-z0-9_-]{32,43}(--gzip)?\"");
                assertThat(first.getContentAsString()).doesNotContain("dsk-");
                assertThat(tagged(stage, path, tag).getStatusCode()).isEqualTo(304);
                assertThat(tagged(stage, path, "W/" + tag + ", \"x\"").getStatusCode())
                        .isEqualTo(304);
                PreviewEngines.get()
                        .ledger(record.key())
                        .put(record.toBuilder()
                                .serving("f".repeat(40), path, java.time.Instant.now())
                                .healthPath("/" + path.length())
                                .build());
                assertThat(tagged(stage, path, tag).getStatusCode()).isEqualTo(200);
            }
            JsonNode preview = new ObjectMapper()
                    .readTree(tagged(stage, "dedalus/api/json", null).getContentAsString())
                    .path("previews")
                    .path(0);
            assertThat(preview.path("id").asText()).isEqualTo(record.key().id());
            assertThat(preview.path("job").asText()).isEqualTo("shop");
            assertThat(preview.path("url").asText())
                    .as("never Dedalus' own address while access is protected")
                    .isEqualTo("https://" + record.key().id() + ".previews.example.net/");
            assertThat(tagged(stage, "dedalus/api/json", null).getContentAsString())
                    .doesNotContain("127.0.0.1:9");
        }
    }

    @Test
    void theBadgeSaysTheStateToWhoeverHasItsAddress(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            FreeStyleProject job = stage.job("shop");
            PreviewRecord record = stage.preview(job, "12", MARKUP);
            stage.users(job);
            stage.status("admin", "dedalus/preview/" + record.key().id() + "/state");
            String path = path(r, StateBadge.url(record.key()));
            WebResponse badge = stage.get(null, path).getWebResponse();

            assertThat(badge.getStatusCode()).isEqualTo(200);
            assertThat(badge.getContentType()).isEqualTo("image/svg+xml");
            assertThat(badge.getContentAsString()).contains("awake").doesNotContain("12", "shop", "feature", "onerror");
            assertThat(path).matches("dedalus-badge/" + record.key().id() + "\\.[0-9a-f]{32}\\.svg");
            PreviewRecord other = stage.preview(job, "13", "other");
            String unknown = stage.get(null, "dedalus-badge/" + other.key().id() + "." + "0".repeat(32) + ".svg")
                    .getWebResponse()
                    .getContentAsString();
            assertThat(unknown).contains("unknown");
            for (String guess : List.of(
                    "pr-14-shop-aaaa." + "1".repeat(32),
                    path.replaceAll(".*/pr-12", "pr-13").replace(".svg", ""),
                    other.key().id() + path.replaceAll(".*(\\.[0-9a-f]{32})\\.svg", "$1"))) {
                assertThat(stage.get("admin", "dedalus-badge/" + guess + ".svg")
                                .getWebResponse()
                                .getContentAsString())
                        .as("the same for everybody and every token")
                        .isEqualTo(unknown);
            }
            assertThat(stage.status(null, "dedalus-badge/")).isEqualTo(404);
            assertThat(stage.status(null, "dedalus-badge/" + record.key().id() + ".svg"))
                    .isEqualTo(404);
            assertThat(stage.status(null, "dedalus-badge/../dedalus/")).isIn(400, 403, 404);
            assertThat(stage.post(null, path, null).getWebResponse().getStatusCode())
                    .isIn(403, 404, 405);
        }
    }

    private static String path(JenkinsRule r, String url) throws Exception {
        return r.getURL().toURI().relativize(URI.create(url)).toString();
    }

    private static WebResponse tagged(Stage stage, String path, String tag) throws Exception {
        WebRequest request = new WebRequest(new URL(stage.r.getURL(), path));
        if (tag != null) {
            request.setAdditionalHeader("If-None-Match", tag);
        }
        return stage.as("admin").getPage(request).getWebResponse();
    }

    private static void login(JenkinsRule.WebClient web, String who) throws Exception {
        boolean scripts = web.getOptions().isJavaScriptEnabled();
        web.getOptions().setJavaScriptEnabled(true);
        web.login(who);
        web.getOptions().setJavaScriptEnabled(scripts);
    }

    private static HtmlButton button(HtmlPage page, String name) {
        return page.getFirstByXPath("//button[@name='" + name + "']");
    }
}
