package io.jenkins.plugins.dedalus.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Item;
import hudson.model.ItemGroup;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.ListenerConfiguration;
import io.jenkins.plugins.dedalus.listener.ViewerListener;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.springframework.security.core.Authentication;

/** Credentials may be kept far away: which threads ask for them. */
@WithJenkins
class RemoteCredentialsTest {
    @Test
    void noPageNoEventLoopAndNoPipelineThreadAsks(JenkinsRule r) throws Exception {
        try (World world = World.startIn(r);
                JenkinsRule.WebClient web = r.createWebClient()) {
            DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
            settings.setPublicUrl("http://{preview}.previews.localhost");
            settings.setViewerAccess("jenkins");
            settings.setViewerKeyCredentialsId("dedalus-api");
            ListenerConfiguration listener = new ListenerConfiguration();
            listener.setPort(0);
            settings.setListener(listener);
            settings.save();
            await().until(() -> ViewerListener.get().listener().port().isPresent());
            Recorder.ASKING.clear();

            WorkflowJob job = World.job("shop", """
                    node {
                      dedalusPreview repository: 'github.com/acme/shop', changeId: '7', visibility: 'org',
                        deploy: 'echo one > version', start: '%s'
                      dedalusStatus repository: 'github.com/acme/shop', changeId: '7'
                    }
                    """.formatted(World.serve()));
            World.succeed(r, job);
            PreviewKey key = PreviewKey.of("github.com/acme/shop", "7");
            String id = key.id();
            web.getOptions().setJavaScriptEnabled(false);
            for (String page : List.of(
                    "",
                    "manage/",
                    "dedalus/",
                    "dedalus/preview/" + id + "/",
                    "dedalus/preview/" + id + "/live",
                    "job/shop/",
                    "job/shop/1/")) {
                web.goTo(page);
            }
            web.goTo("dedalus/api/json", "application/json");
            assertThat(get(ViewerListener.get().listener().port().orElseThrow(), id + ".previews.localhost"))
                    .startsWith("HTTP/1.1 ");

            assertThat(Recorder.ASKING).as("somebody must ask").isNotEmpty();
            assertThat(Recorder.ASKING).noneMatch(RemoteCredentialsTest::hastens);
        }
    }

    @Test
    void aWakeByAViewerAsksOnAThreadThatMayWait(JenkinsRule r) throws Exception {
        try (World world = World.startIn(r)) {
            DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
            settings.setPublicUrl("http://{preview}.previews.localhost");
            ListenerConfiguration listener = new ListenerConfiguration();
            listener.setPort(0);
            settings.setListener(listener);
            settings.save();
            await().until(() -> ViewerListener.get().listener().port().isPresent());
            WorkflowJob job = World.job("shop", """
                    dedalusPreview repository: 'github.com/acme/shop', changeId: '7',
                      deploy: 'echo one > version', start: '%s'
                    dedalusSleep repository: 'github.com/acme/shop', changeId: '7'
                    """.formatted(World.serve()));
            World.succeed(r, job);
            await().until(() -> world.machines().get(0).phase().equals("sleeping"));
            PreviewKey key = PreviewKey.of("github.com/acme/shop", "7");
            Recorder.ASKING.clear();

            assertThat(get(ViewerListener.get().listener().port().orElseThrow(), key.id() + ".previews.localhost"))
                    .startsWith("HTTP/1.1 200")
                    .contains("one");

            assertThat(Recorder.ASKING).as("somebody must ask").isNotEmpty();
            assertThat(Recorder.ASKING).noneMatch(RemoteCredentialsTest::hastens);
        }
    }

    /** Whether a thread must not wait for anything far away. */
    private static boolean hastens(String thread) {
        return thread.matches(
                "(?s)(Handling |qtp|vert\\.x-eventloop|dedalus-authority|Running CpsFlowExecution|CpsStepContext).*");
    }

    private static String get(int port, String host) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A store that notes which of our code asks on which thread, and has nothing. */
    @TestExtension
    public static final class Recorder extends CredentialsProvider {
        static final Set<String> ASKING = ConcurrentHashMap.newKeySet();

        private static void note() {
            String ours = Arrays.stream(Thread.currentThread().getStackTrace())
                    .map(StackTraceElement::toString)
                    .filter(frame -> frame.contains("io.jenkins.plugins.dedalus")
                            && !frame.contains("RemoteCredentialsTest")
                            && !frame.contains("World"))
                    .reduce("", (all, frame) -> all + "\n  " + frame);
            if (!ours.isEmpty()) {
                ASKING.add(Thread.currentThread().getName() + ours);
            }
        }

        @NonNull
        @Override
        public <C extends Credentials> List<C> getCredentialsInItemGroup(
                @NonNull Class<C> type,
                @Nullable ItemGroup itemGroup,
                @Nullable Authentication authentication,
                @NonNull List<DomainRequirement> domainRequirements) {
            note();
            return List.of();
        }

        @NonNull
        @Override
        public <C extends Credentials> List<C> getCredentialsInItem(
                @NonNull Class<C> type,
                @NonNull Item item,
                @Nullable Authentication authentication,
                @NonNull List<DomainRequirement> domainRequirements) {
            note();
            return List.of();
        }
    }
}
