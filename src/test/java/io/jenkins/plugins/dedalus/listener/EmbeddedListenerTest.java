package io.jenkins.plugins.dedalus.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.Keys;
import io.jenkins.plugins.dedalus.config.ListenerConfiguration;
import io.jenkins.plugins.dedalus.config.Records;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.monitors.Monitors;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.WakeRefusedException;
import io.jenkins.plugins.dedalus.testing.QuietPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class EmbeddedListenerTest {
    private final PreviewKey key = PreviewKey.of("github.com/acme/shop", "7");
    private final String host = key.id() + ".previews.localhost";

    @Test
    void comesGoesAndMovesWithTheConfiguration(JenkinsRule r) throws Exception {
        HttpServer app = app();
        try (Emulator emulator = Emulator.start(EmulatorConfig.defaults());
                QuietPort other = new QuietPort()) {
            EmbeddedListener listener = ViewerListener.get().listener();
            assertThat(listener.port()).as("off by default").isEmpty();
            configure(emulator);
            Records.put(
                    PreviewEngines.get().ledger(key),
                    key,
                    "dm-app",
                    "http://127.0.0.1:" + app.getAddress().getPort());
            PreviewEngines.get().wakeGate(key).seenActive("dm-app");

            // Who saves waits a moment, not until it listens.
            await().until(() -> listener.port().isPresent());
            int first = listener.port().orElseThrow();
            assertThat(get(first, host)).startsWith("HTTP/1.1 200").contains("hello from the app", "X-Robots-Tag");
            assertThat(get(first, "pr-8-unknown.previews.localhost")).startsWith("HTTP/1.1 404");
            assertThat(get(first, host).toLowerCase(java.util.Locale.ROOT)).doesNotContain("jsessionid", "x-jenkins");
            assertThat(PreviewEngines.get()
                            .publicUrl(PreviewEngines.get().record(key).orElseThrow()))
                    .isEqualTo("http://" + host + "/");

            int second = other.port();
            listenAt(second);
            await().untilAsserted(() -> assertThat(listener.port()).contains(second));
            assertThat(get(second, host)).startsWith("HTTP/1.1 200");
            await().until(() -> refused(first));

            // Another API knows no machine of ours: nothing is asked there, and nobody waits for an answer.
            DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
            settings.setApiUrl("http://127.0.0.1:1");
            settings.save();
            answers(
                    second,
                    answer -> assertThat(answer).startsWith("HTTP/1.1 503").contains("Dedalus account can't be used"));
            assertThat(PreviewEngines.get().problems()).anyMatch(problem -> problem.contains("have their machines at"));
            settings.setApiUrl(emulator.baseUrl().toString());
            settings.save();
            answers(second, answer -> assertThat(answer).startsWith("HTTP/1.1 200"));

            aPreviewOfNobodyWaitsForItsNextBuild();

            // Another access on the same port: nobody here can vouch for viewers, so nobody is let in.
            settings.setViewerAccess("jenkins");
            settings.save();
            await().untilAsserted(() -> assertThat(listener.port()).contains(second));
            answers(second, answer -> assertThat(answer)
                    .startsWith("HTTP/1.1 ")
                    .doesNotStartWith("HTTP/1.1 200")
                    .doesNotContain("hello from the app"));

            settings.setListener(null);
            settings.save();
            await().until(() -> listener.port().isEmpty());
            await().until(() -> refused(second));
        } finally {
            app.stop(0);
        }
    }

    /** An account that was taken away while a request was on its way. */
    private static void aPreviewOfNobodyWaitsForItsNextBuild() {
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        try (AccountDirectory directory =
                new AccountDirectory(PreviewEngines.get(), settings.getPublicUrl(), settings.getViewerAccess())) {
            Route route = Route.builder("pr-9.previews.localhost")
                    .machine("dm-9", URI.create("http://127.0.0.1:1"))
                    .build();

            assertThat(new AccountWaker(directory).wake(route))
                    .isCompletedExceptionally()
                    .failsWithin(Duration.ofMinutes(1))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(WakeRefusedException.class, refused -> {
                        assertThat(refused.status()).isEqualTo(503);
                        assertThat(refused).hasMessageContaining("Build the change request again");
                    });
        }
    }

    @Test
    void saysWhyItCanNotListen(JenkinsRule r) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Emulator emulator = Emulator.start(EmulatorConfig.defaults())) {
            configure(emulator);
            listenAt(taken.getLocalPort());

            EmbeddedListener listener = ViewerListener.get().listener();
            await().untilAsserted(
                            () -> assertThat(listener.problem()).hasValueSatisfying(sentence -> assertThat(sentence)
                                    .contains("127.0.0.1:" + taken.getLocalPort())));
            assertThat(listener.port()).isEmpty();
            assertThat(PreviewEngines.get().problems()).isEmpty();
            await().untilAsserted(() -> assertThat(hudson.ExtensionList.lookupSingleton(Monitors.Trouble.class)
                            .getSentences())
                    .hasSize(1));

            listenAt(0);
            await().until(() -> listener.port().isPresent());
            assertThat(listener.problem()).isEmpty();
        }
    }

    private static void configure(Emulator emulator) throws Exception {
        Keys.global("api", emulator.apiKey());
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        settings.setApiUrl(emulator.baseUrl().toString());
        settings.setCredentialsId("api");
        settings.setPublicUrl("http://{preview}.previews.localhost");
        ListenerConfiguration listener = new ListenerConfiguration();
        listener.setPort(0);
        settings.setListener(listener);
        settings.save();
    }

    private static void listenAt(int port) {
        ListenerConfiguration listener = new ListenerConfiguration();
        listener.setPort(port);
        DedalusGlobalConfiguration.get().setListener(listener);
        DedalusGlobalConfiguration.get().save();
    }

    private static HttpServer app() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = "hello from the app".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String get(int port, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** By and by: who saves waits a moment, and the one before may answer until then. */
    private void answers(int port, Consumer<String> holds) {
        await().ignoreExceptions().untilAsserted(() -> holds.accept(get(port, host)));
    }

    private static boolean refused(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
