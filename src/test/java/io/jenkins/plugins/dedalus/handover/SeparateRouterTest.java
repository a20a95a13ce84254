package io.jenkins.plugins.dedalus.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.model.Item;
import hudson.model.User;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.DedalusPermissions;
import io.jenkins.plugins.dedalus.dashboard.Stage;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import io.jenkins.plugins.dedalus.proxy.GateWaker;
import io.jenkins.plugins.dedalus.proxy.PreviewProxy;
import io.jenkins.plugins.dedalus.proxy.access.HttpAuthority;
import io.jenkins.plugins.dedalus.proxy.access.Signer;
import io.jenkins.plugins.dedalus.proxy.access.ViewerAccess;
import io.jenkins.plugins.dedalus.proxy.directory.ListOwner;
import io.jenkins.plugins.dedalus.proxy.directory.OwnerDirectory;
import io.jenkins.plugins.dedalus.proxy.page.WaitingPage;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.ListenOptions;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamProbe;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.steps.World;
import io.jenkins.plugins.dedalus.testing.QuietPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import jenkins.security.ApiTokenProperty;
import okhttp3.Credentials;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/**
 * A reviewer's way with a router beside Jenkins: from the preview's host to Jenkins, which knows who it is, and back with the
 * machine awake. The router here is made of the parts that the jar's {@code serve} is made of; all that lies between them and
 * Jenkins goes over HTTP.
 */
@WithJenkins
class SeparateRouterTest {
    @TempDir
    Path state;

    private final OkHttpClient browser = new OkHttpClient.Builder()
            .dns(name -> List.of(InetAddress.getLoopbackAddress()))
            .followRedirects(false)
            .readTimeout(Duration.ofMinutes(2))
            .build();

    @Test
    void aReviewerIsHandedOverAndTheMachineWakesOnce(JenkinsRule r) throws Exception {
        try (World world = World.startIn(r);
                QuietPort own = new QuietPort()) {
            int port = own.port();
            DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
            settings.setPublicUrl("http://{preview}.previews.localhost:" + port);
            settings.setViewerAccess("jenkins");
            settings.save();
            WorkflowJob job = World.job(
                    "shop",
                    "dedalusPreview changeId: '5', deploy: 'printf five > version', start: '" + World.serve() + "'");
            World.succeed(r, job);
            users(r, job);
            PreviewRecord record = PreviewJobs.recordsOf(job).get(0);
            PreviewEngines.get().lifecycle(record.key()).sleep(record.key()).get(60, TimeUnit.SECONDS);
            await().until(() -> world.machines().get(0).phase().equals("sleeping"));
            String preview = "http://" + record.key().id() + ".previews.localhost:" + port + "/";

            try (Router router = new Router(r, world, port)) {
                await().until(() ->
                        router.directory.loaded() && !router.directory.routes().isEmpty());
                String signIn = redirect(get(preview, null, null));
                assertThat(signIn).startsWith(r.getURL() + "dedalus/authorize?");
                assertThat(get(signIn, null, null).code()).as("anonymous").isEqualTo(403);
                assertThat(get(signIn, "stranger", null).code())
                        .as("may not read the job")
                        .isEqualTo(404);
                assertThat(world.emulator().calls().count("POST", ".*/wake"))
                        .as("nobody was let in yet")
                        .isZero();

                Response asked = get(preview, null, null);
                String cookies = cookies(asked);
                String back = redirect(get(redirect(asked), "reader", null));
                assertThat(back).startsWith(preview + ".dedalus/callback?");
                assertThat(get(back, null, null).code())
                        .as("a code without the state of the browser that asked")
                        .isEqualTo(400);
                asked = get(preview, null, null);
                cookies = cookies(asked);
                Response in = get(redirect(get(redirect(asked), "reader", null)), null, cookies);
                assertThat(redirect(in)).isIn("/", preview);
                Response served = get(preview, null, cookies(in));
                assertThat(served.code()).isEqualTo(200);
                assertThat(served.body().string().trim()).isEqualTo("five");
                assertThat(world.emulator().calls().count("POST", ".*/wake")).isEqualTo(1);
            }
        }
    }

    private static void users(JenkinsRule r, Item job) {
        r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
        r.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .to("reader", "stranger", "router")
                .grant(Item.READ)
                .onItems(job)
                .to("reader")
                .grant(DedalusPermissions.ROUTE)
                .onRoot()
                .to("router"));
    }

    private Response get(String url, String user, String cookies) throws IOException {
        Request.Builder request = new Request.Builder()
                .url(url)
                .header("Accept", "text/html")
                .header("Sec-Fetch-Mode", "navigate")
                .header("Sec-Fetch-Dest", "document");
        if (user != null) {
            request.header("Authorization", Credentials.basic(user, user));
        }
        if (cookies != null) {
            request.header("Cookie", cookies);
        }
        return browser.newCall(request.build()).execute();
    }

    private static String redirect(Response answer) throws IOException {
        if (answer.code() == 200) {
            return Stage.wayOut(answer.body().string());
        }
        assertThat(answer.code()).isIn(302, 303);
        return answer.header("Location");
    }

    private static String cookies(Response answer) {
        List<String> pairs = new ArrayList<>();
        answer.headers("Set-Cookie").forEach(cookie -> pairs.add(cookie.split(";")[0]));
        assertThat(pairs).isNotEmpty();
        return String.join("; ", pairs);
    }

    private final class Router implements AutoCloseable {
        private final EngineThreads threads = new EngineThreads("router", 4);
        private final ProxySettings settings = ProxySettings.builder()
                .upstreamSuffixes(List.of("127.0.0.1", "localhost"))
                .allowLoopback(true)
                .waitingPageAfter(Duration.ofSeconds(30))
                .build();
        private final UpstreamProbe probe = new UpstreamProbe(settings, Optional::empty);
        private final DedalusClient client;
        private final WakeGate gate;
        private final OwnerDirectory directory;
        private final ViewerAccess viewers;
        private final PreviewProxy proxy;

        Router(JenkinsRule r, World world, int port) throws Exception {
            String token = "router:"
                    + User.getById("router", true)
                            .getProperty(ApiTokenProperty.class)
                            .generateNewToken("router")
                            .plainValue;
            URI jenkins = r.getURL().toURI();
            client = DedalusClient.builder()
                    .baseUrl(world.emulator().baseUrl().toString())
                    .apiKey(world.emulator().apiKey())
                    .build();
            gate = WakeGate.builder()
                    .client(client)
                    .probe(probe)
                    .scheduler(threads)
                    .build();
            directory = new OwnerDirectory(
                    ListOwner.jenkins(jenkins),
                    token,
                    AccessMode.JENKINS,
                    threads,
                    Duration.ofSeconds(1),
                    state.resolve("directory.json"),
                    Clock.systemUTC());
            directory.start();
            viewers = ViewerAccess.builder()
                    .directory(directory)
                    .signer(new Signer(Signer.freshKey()))
                    .scheduler(threads)
                    .authority(new HttpAuthority(jenkins, token, threads))
                    .build();
            proxy = PreviewProxy.builder()
                    .directory(directory)
                    .waker(new GateWaker(gate))
                    .gatekeeper(viewers)
                    .pages(new WaitingPage(Clock.systemUTC()))
                    .settings(settings)
                    .build();
            proxy.start(ListenOptions.http("127.0.0.1", port))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
        }

        @Override
        public void close() throws Exception {
            proxy.close(Duration.ZERO).toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
            viewers.close();
            directory.close();
            gate.close();
            probe.close();
            client.close();
            threads.close();
        }
    }
}
