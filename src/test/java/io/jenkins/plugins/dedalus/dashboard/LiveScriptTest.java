package io.jenkins.plugins.dedalus.dashboard;

import static org.awaitility.Awaitility.await;

import hudson.model.FreeStyleProject;
import hudson.model.UnprotectedRootAction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.verb.GET;

/** The script that keeps pages up to date, where the answer takes longer than its period. */
@WithJenkins
class LiveScriptTest {
    @TempDir
    Path directory;

    @AfterEach
    void release() {
        Slow.RELEASE.countDown();
    }

    @Test
    void whileAnAnswerIsOpenNothingMoreIsAsked(JenkinsRule r) throws Exception {
        try (Browser browser = Browser.start(directory);
                Stage stage = new Stage(r)) {
            FreeStyleProject job = stage.job("shop");
            stage.preview(job, "12", "feature");
            browser.go(r.getURL() + "dedalus/");
            await().ignoreExceptionsInstanceOf(IOException.class)
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> browser.run("return String(document.readyState === 'complete'"
                                    + " && !!document.querySelector('[data-dedalus-live]'))")
                            .equals("true"));
            // Counted here: browsers hold back what they ask for already.
            browser.run("""
                    const live = document.querySelector('[data-dedalus-live]');
                    live.dataset.dedalusLive = '%s/slow/answer';
                    const send = window.fetch;
                    window.asked = 0;
                    window.fetch = (...all) => {
                      window.asked += String(all[0]).includes('/slow/') ? 1 : 0;
                      return send(...all);
                    };
                    return '';
                    """.formatted(r.contextPath));

            await().atMost(Duration.ofSeconds(60)).until(() -> asked(browser) > 0);
            // Two periods of five seconds: somebody who looks at a page while Jenkins is slow.
            await().during(Duration.ofSeconds(11)).atMost(Duration.ofMinutes(2)).until(() -> asked(browser) == 1);

            Slow.RELEASE.countDown();
            await().atMost(Duration.ofSeconds(60)).until(() -> asked(browser) > 1);
        }
    }

    private static int asked(Browser browser) throws Exception {
        return Integer.parseInt(browser.run("return String(window.asked)"));
    }

    /** Answers when it is let. */
    @TestExtension
    public static final class Slow implements UnprotectedRootAction {
        static final CountDownLatch RELEASE = new CountDownLatch(1);

        @GET
        public HttpResponse doAnswer() throws InterruptedException {
            RELEASE.await();
            return HttpResponses.text("");
        }

        @Override
        public String getIconFileName() {
            return null;
        }

        @Override
        public String getDisplayName() {
            return null;
        }

        @Override
        public String getUrlName() {
            return "slow";
        }
    }
}
