package io.jenkins.plugins.dedalus.config;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.ExtensionList;
import hudson.util.FormValidation;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.listener.ViewerListener;
import io.jenkins.plugins.dedalus.monitors.Monitors;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.logging.Level;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/**
 * A Jenkins of its own process with the plugin in a class loader of its own: nothing of the tests' class path helps. It has
 * none of the plugins that are optional, as that of a team which is not on GitHub.
 */
class RealJenkinsTest {
    @RegisterExtension
    private final RealJenkinsExtension jenkins =
            new RealJenkinsExtension().omitPlugins("checks-api", "github-branch-source", "github", "github-api");

    @Test
    void bootsConfiguresAndAnswers() throws Throwable {
        try (Emulator emulator = Emulator.start(EmulatorConfig.defaults())) {
            String url = emulator.baseUrl().toString();
            String key = emulator.apiKey();
            jenkins.then(r -> {
                configure(r, url, key);
            });
            jenkins.then(r -> {
                stillThere(r);
            });
        }
    }

    private static void configure(JenkinsRule r, String url, String key) throws Exception {
        assertThat(Jenkins.get().getPluginManager().getPlugin("github-branch-source"))
                .isNull();
        assertThat(Jenkins.logRecords)
                .as("classes of ours that need what is not there")
                .noneMatch(record -> record.getLevel().intValue() >= Level.WARNING.intValue()
                        && record.getMessage().contains("io.jenkins.plugins.dedalus"));
        assertThat(Jenkins.get().getPluginManager().getPlugin("dedalus-preview").isActive())
                .isTrue();
        assertThat(PreviewEngines.class.getClassLoader()).isNotSameAs(Jenkins.class.getClassLoader());
        com.cloudbees.plugins.credentials.SystemCredentialsProvider provider =
                com.cloudbees.plugins.credentials.SystemCredentialsProvider.getInstance();
        provider.getCredentials()
                .add(new org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl(
                        com.cloudbees.plugins.credentials.CredentialsScope.SYSTEM,
                        "api",
                        "api",
                        hudson.util.Secret.fromString(key)));
        provider.save();
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        settings.setApiUrl(url);
        settings.setCredentialsId("api");
        settings.setPublicUrl("http://{preview}.previews.localhost");
        ListenerConfiguration listener = new ListenerConfiguration();
        listener.setPort(0);
        settings.setListener(listener);
        settings.save();

        FormValidation answer = settings.doTestConnection(url, "api", "");
        assertThat(answer.kind).as(answer.toString()).isEqualTo(FormValidation.Kind.OK);
        PreviewKey unknown = PreviewKey.of("github.com/acme/shop", "7");
        assertThat(PreviewEngines.get().lifecycle(unknown).status(unknown)).isEmpty();
        answersOnItsOwnPort();
    }

    private static void stillThere(JenkinsRule r) throws Exception {
        assertThat(DedalusGlobalConfiguration.get().getCredentialsId()).isEqualTo("api");
        assertThat(PreviewEngines.get().reconcile().get().problems()).isEmpty();
        assertThat(ExtensionList.lookupSingleton(Monitors.Trouble.class).getSentences())
                .isEmpty();
        answersOnItsOwnPort();
    }

    private static void answersOnItsOwnPort() throws Exception {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> ViewerListener.get().listener().port().isPresent());
        int port = ViewerListener.get().listener().port().orElseThrow();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: pr-1-none.previews.localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 404");
        }
    }
}
