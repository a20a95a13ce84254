package io.jenkins.plugins.dedalus.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.Keys;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.view.MachineStatusCache;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Pages while Dedalus takes every call and answers none. */
@WithJenkins
class HangingDedalusTest {
    private static final Logger LOGGER = Logger.getLogger(HangingDedalusTest.class.getName());
    private static final int PREVIEWS = 50;

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean hangs;
    private HttpServer api;
    private JenkinsRule r;
    private FreeStyleProject job;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        r = rule;
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.setExecutor(threads);
        api.createContext("/", exchange -> {
            calls.incrementAndGet();
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            try {
                if (hangs) {
                    release.await();
                }
                exchange.sendResponseHeaders(500, -1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                open.decrementAndGet();
                exchange.close();
            }
        });
        api.start();
        Keys.global("api", "dsk-key");
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        settings.setApiUrl("http://127.0.0.1:" + api.getAddress().getPort());
        settings.setCredentialsId("api");
        settings.save();
        job = r.createFreeStyleProject("shop");
        FreeStyleBuild build = r.buildAndAssertSuccess(job);
        for (int i = 1; i <= PREVIEWS; i++) {
            PreviewKey key = PreviewKey.of("github.com/acme/shop", Integer.toString(i));
            PreviewJobs.get().ask(key, build, null);
            Stage.put(key, "dm-" + i, "branch-" + i);
        }
    }

    @AfterEach
    void stop() {
        release.countDown();
        api.stop(0);
        threads.shutdownNow();
    }

    private Duration show(JenkinsRule.WebClient web, String path, int rows) throws Exception {
        long begun = System.nanoTime();
        HtmlPage page = web.goTo(path);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        assertThat(page.getByXPath("//*[@data-state]")).hasSize(rows);
        LOGGER.info(() -> path + " took " + took.toMillis() + " ms while Dedalus hangs");
        return took;
    }

    @Test
    void aPageOfFiftyWaitsOnceAndTwoCallsAreOpen() throws Exception {
        try (JenkinsRule.WebClient web = r.createWebClient()) {
            web.getOptions().setJavaScriptEnabled(false);
            show(web, "dedalus/", PREVIEWS);
            show(web, "job/shop/", PREVIEWS);
            MachineStatusCache.get().changed();
            hangs = true;
            calls.set(0);
            most.set(0);

            // Every row waited twice for two seconds: 200 s. A busy machine is given half of that.
            assertThat(show(web, "dedalus/", PREVIEWS)).isLessThan(Duration.ofSeconds(100));
            assertThat(web.goTo("dedalus/").getBody().getTextContent()).contains("has not answered so far");
            for (int viewer = 0; viewer < 20; viewer++) {
                MachineStatusCache.get().changed();
                show(web, "dedalus/", PREVIEWS);
            }
            show(web, "job/shop/", PREVIEWS);
            show(
                    web,
                    "dedalus/preview/"
                            + PreviewKey.of("github.com/acme/shop", "1").id() + "/",
                    1);

            assertThat(most.get()).as("calls open at once").isLessThanOrEqualTo(2);
            assertThat(calls.get()).as("calls").isLessThanOrEqualTo(2);
        }
    }
}
