package io.jenkins.plugins.dedalus.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.build.PreviewCard;
import io.jenkins.plugins.dedalus.handover.PreviewHosts;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import jenkins.model.RunAction2;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/**
 * What pages, programs and routers cost with 5,000 previews. The counts are asserted; the times are logged, and those of a
 * quiet machine stand in bench/RESULTS.md: {@code bench/jenkins} runs this.
 */
@WithJenkins
class ManyPreviewsTest {
    private static final Logger LOGGER = Logger.getLogger(ManyPreviewsTest.class.getName());
    private static final int PREVIEWS = 5000;
    private static final int BUILDS = 20;
    private static final int TIMES = 15;

    private JenkinsRule r;

    @FunctionalInterface
    private interface Look {
        void at() throws Exception;
    }

    /** The quickest of a few: the rest is the machine's. */
    private static double measured(String what, int parts, Look look) throws Exception {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < TIMES; i++) {
            long begun = System.nanoTime();
            look.at();
            best = Math.min(best, System.nanoTime() - begun);
        }
        double millis = best / 1e6 / parts;
        LOGGER.info(() -> String.format("%d previews, %s: %.3f ms", PREVIEWS, what, millis));
        return millis;
    }

    private FreeStyleProject previews() throws Exception {
        FreeStyleProject job = r.createFreeStyleProject("shop");
        for (int i = 0; i < BUILDS; i++) {
            FreeStyleBuild build = r.buildAndAssertSuccess(job);
            build.addAction(new Loaded());
            build.save();
        }
        FreeStyleBuild last = job.getLastBuild();
        IntStream.rangeClosed(1, PREVIEWS).parallel().forEach(number -> {
            PreviewKey key = PreviewKey.of("github.com/acme/shop", Integer.toString(number));
            PreviewJobs.get().ask(key, last, null);
            Stage.put(key, "dm-" + number, "branch-" + number);
        });
        return job;
    }

    @Test
    void noBuildIsLoadedAndEverythingComesInPages(JenkinsRule rule) throws Exception {
        r = rule;
        try (Stage stage = new Stage(r);
                JenkinsRule.WebClient web = r.createWebClient()) {
            FreeStyleProject job = previews();
            stage.publicUrl("https://{preview}.previews.example.net", "jenkins");
            stage.users(job);
            web.getOptions().setJavaScriptEnabled(true);
            web.login("admin");
            web.getOptions().setJavaScriptEnabled(false);
            web.getOptions().setCssEnabled(false);
            web.goTo("dedalus/");
            // As after a restart: what is loaded now, these pages load.
            job.getLazyBuildMixIn().getRunMap().purgeCache();
            Loaded.COUNT.set(0);

            measured("dashboard", 1, () -> {
                HtmlPage page = web.goTo("dedalus/");
                assertThat(page.getByXPath("//table[@id='previews']/tbody/tr")).hasSize(Listing.PAGE);
            });
            measured("JSON, a page of 100", 1, () -> json(stage, ""));
            measured("host of a viewer (router/check)", 100, () -> {
                for (int i = 1; i <= 100; i++) {
                    PreviewRecord record = PreviewEngines.get().records().get(i);
                    String host = record.key().id() + ".previews.example.net";
                    assertThat(PreviewHosts.now().orElseThrow().find(host)).isPresent();
                }
            });
            measured("all records", 1, () -> assertThat(PreviewEngines.get().records())
                    .hasSize(PREVIEWS));
            FreeStyleProject without = r.createFreeStyleProject("no-preview");
            measured("a job of a list", 1000, () -> {
                for (int i = 0; i < 1000; i++) {
                    assertThat(without.getAction(PreviewCard.class)).isNull();
                }
            });

            assertThat(Loaded.COUNT.get()).as("builds loaded").isZero();
            // Unless something sorts or copies all of them for nobody.
            assertThat(PreviewEngines.get().records())
                    .as("made once, and not for each who asks")
                    .isSameAs(PreviewEngines.get().records());
            Set<String> ids = new HashSet<>();
            JsonNode first = json(stage, "");
            assertThat(first.path("total").asInt()).isEqualTo(PREVIEWS);
            assertThat(first.path("pages").asInt()).isEqualTo(50);
            assertThat(first.path("previews")).hasSize(100);
            assertThat(first.path("previews").path(0).path("build").asInt()).isEqualTo(BUILDS);
            for (int page = 1; page <= 10; page++) {
                json(stage, "?size=500&page=" + page)
                        .path("previews")
                        .forEach(preview -> ids.add(preview.path("id").asText()));
            }
            assertThat(ids).hasSize(PREVIEWS);
            assertThat(json(stage, "?q=branch-4999").path("total").asInt()).isEqualTo(1);
            assertThat(json(stage, "?size=100000").path("previews")).hasSize(500);
            assertThat(Loaded.COUNT.get()).as("builds loaded").isZero();
        }
    }

    private static JsonNode json(Stage stage, String query) throws Exception {
        return new ObjectMapper()
                .readTree(stage.get("admin", "dedalus/api/json" + query)
                        .getWebResponse()
                        .getContentAsString());
    }

    /** Counts how often a build is read from the disk. */
    public static final class Loaded extends InvisibleAction implements RunAction2 {
        static final AtomicInteger COUNT = new AtomicInteger();

        @Override
        public void onAttached(Run<?, ?> run) {
            // Not from the disk.
        }

        @Override
        public void onLoad(Run<?, ?> run) {
            COUNT.incrementAndGet();
        }
    }
}
