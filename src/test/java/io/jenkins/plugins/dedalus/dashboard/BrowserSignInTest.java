package io.jenkins.plugins.dedalus.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.model.Item;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.DedalusPermissions;
import io.jenkins.plugins.dedalus.config.ListenerConfiguration;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.steps.World;
import io.jenkins.plugins.dedalus.testing.QuietPort;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import org.awaitility.core.ThrowingRunnable;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** A reviewer with a real browser, and Jenkins enforcing its Content Security Policy. */
@WithJenkins
class BrowserSignInTest {
    private static final String HEADER = "jenkins.security.csp.CspHeader.headerName";

    @TempDir
    Path directory;

    private JenkinsRule r;
    private World world;
    private WorkflowJob job;
    private PreviewRecord record;
    private String before;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        r = rule;
        before = System.setProperty(HEADER, "Content-Security-Policy");
        world = World.startIn(rule);
    }

    @AfterEach
    void stop() {
        world.close();
        if (before == null) {
            System.clearProperty(HEADER);
        } else {
            System.setProperty(HEADER, before);
        }
    }

    @Test
    void fromTheLoginToTheAppAndBackThroughAllPages() throws Exception {
        try (Browser browser = Browser.start(directory);
                QuietPort own = new QuietPort()) {
            int port = own.port();
            DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
            settings.setPublicUrl("http://{preview}.previews.localhost:" + port);
            settings.setViewerAccess("jenkins");
            ListenerConfiguration listener = new ListenerConfiguration();
            listener.setPort(port);
            settings.setListener(listener);
            settings.save();
            make();
            assertThat(policy(r.getURL() + "login")).contains("form-action").doesNotContain("localhost:" + port);
            String preview = "http://" + record.key().id() + ".previews.localhost:" + port + "/";

            browser.go(preview + "version");
            until(() -> assertThat(browser.address()).startsWith(r.getURL().toString()));
            signIn(browser);

            until(() -> assertThat(browser.address()).isEqualTo(preview + "version"));
            until(() -> assertThat(text(browser)).isEqualTo("five"));
            assertThat(browser.complaints()).noneMatch(BrowserSignInTest::isViolation);
            String page = "dedalus/preview/" + record.key().id() + "/";
            for (String path : List.of(
                    "dedalus/",
                    page,
                    page + "confirm",
                    page + "machine",
                    job.getUrl(),
                    job.getUrl() + "lastBuild/",
                    "manage/configure")) {
                browser.go(r.getURL() + path);
                // The driver may take the end of the page before for this one's.
                until(() -> assertThat(browser.address()).startsWith(r.getURL() + path));
                until(() -> assertThat(browser.run("return document.readyState"))
                        .as(path)
                        .isEqualTo("complete"));
                assertThat(browser.complaints()).as(path).noneMatch(BrowserSignInTest::isViolation);
            }
            browser.go(r.getURL() + "dedalus/open/" + record.key().id() + "/");
            until(() -> assertThat(browser.address()).isEqualTo(preview));
        }
    }

    @Test
    void theButtonThatWakesLeadsToTheApp() throws Exception {
        try (Browser browser = Browser.start(directory)) {
            make();
            browser.go(r.getURL() + "login");
            signIn(browser);
            until(() -> assertThat(browser.address()).doesNotContain("login"));
            io.jenkins.plugins.dedalus.accounts.PreviewEngines.get()
                    .lifecycle(record.key())
                    .sleep(record.key())
                    .join();
            browser.go(r.getURL() + "dedalus/open/" + record.key().id() + "/");
            // What has the focus isn't replaced by what the page learns later.
            until(() -> assertThat(browser.run("const button = document.querySelector('form[action$=wake] button');"
                            + "button?.focus();"
                            + "return String(document.readyState === 'complete' && button !== null)"))
                    .isEqualTo("true"));
            // Somebody else was quicker: the answer to the button leads to the app at once.
            io.jenkins.plugins.dedalus.accounts.PreviewEngines.get()
                    .lifecycle(record.key())
                    .wake(record.key())
                    .join();

            browser.run("document.querySelector('form[action$=wake] button').click()");

            String app = record.mainPort().url();
            until(() -> assertThat(browser.address()).startsWith(app));
            until(() -> assertThat(text(browser)).isEqualTo("five"));
            assertThat(browser.complaints()).noneMatch(BrowserSignInTest::isViolation);
        }
    }

    private void make() throws Exception {
        job = World.job(
                "shop",
                "dedalusPreview changeId: '5', deploy: 'printf five > version', start: '" + World.serve() + "'");
        World.succeed(r, job);
        record = PreviewJobs.recordsOf(job).get(0);
        r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
        r.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER, Item.READ, DedalusPermissions.WAKE)
                .everywhere()
                .to("reader"));
    }

    /** A browser goes on by itself: what it shows next is waited for, never taken for granted. */
    private static void until(ThrowingRunnable holds) {
        // A script that meets a page on its way out is an error of the driver's.
        await().ignoreExceptionsInstanceOf(IOException.class)
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(holds);
    }

    private static String text(Browser browser) throws Exception {
        return browser.run("return document.body ? document.body.innerText : ''");
    }

    private static void signIn(Browser browser) throws Exception {
        until(() -> assertThat(browser.run("return String(!!document.querySelector('[name=Submit]'))"))
                .isEqualTo("true"));
        browser.run("document.querySelector('[name=j_username]').value = 'reader';"
                + "document.querySelector('[name=j_password]').value = 'reader';"
                + "document.querySelector('[name=Submit]').click()");
    }

    private static boolean isViolation(String complaint) {
        return complaint.contains("Content Security Policy") || complaint.contains("Content-Security-Policy");
    }

    private static String policy(String url) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection();
        return connection.getHeaderField("Content-Security-Policy");
    }
}
