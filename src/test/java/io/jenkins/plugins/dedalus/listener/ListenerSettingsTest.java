package io.jenkins.plugins.dedalus.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import hudson.ExtensionList;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.Keys;
import io.jenkins.plugins.dedalus.config.ListenerConfiguration;
import io.jenkins.plugins.dedalus.config.Records;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.monitors.Monitors;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.testing.QuietPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** An administrator changes who may view, on the same port, while somebody still loads something long. */
@WithJenkins
class ListenerSettingsTest {
    private final PreviewKey key = PreviewKey.of("github.com/acme/shop", "7");
    private final String host = key.id() + ".previews.localhost";
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @Test
    void aTakenPortIsToldAtOnceThoughAnOldViewerStays(JenkinsRule r) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer app = app(threads);
        try (Emulator emulator = Emulator.start(EmulatorConfig.defaults());
                QuietPort own = new QuietPort();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> viewer = viewer(emulator, app, own.port(), threads);

            ListenerConfiguration other = new ListenerConfiguration();
            other.setPort(taken.getLocalPort());
            DedalusGlobalConfiguration.get().setListener(other);
            DedalusGlobalConfiguration.get().save();

            assertThat(viewer).as("saved while the old viewer still loads").isNotDone();
            EmbeddedListener listener = ViewerListener.get().listener();
            await().until(() -> listener.problem().isPresent());
            assertThat(viewer).as("told while the old viewer still loads").isNotDone();
            release.countDown();
            assertThat(viewer.get(60, TimeUnit.SECONDS)).contains("the beginning", "the end");
        } finally {
            release.countDown();
            app.stop(0);
            threads.shutdownNow();
        }
    }

    private CompletableFuture<String> viewer(Emulator emulator, HttpServer app, int port, ExecutorService threads)
            throws Exception {
        configure(emulator, port);
        Records.put(
                PreviewEngines.get().ledger(key),
                key,
                "dm-app",
                "http://127.0.0.1:" + app.getAddress().getPort());
        PreviewEngines.get().wakeGate(key).seenActive("dm-app");
        EmbeddedListener listener = ViewerListener.get().listener();
        await().until(() -> listener.port().isPresent());
        CompletableFuture<String> viewer = CompletableFuture.supplyAsync(() -> get(port), threads);
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        return viewer;
    }

    @Test
    void savingWaitsForNoOldViewer(JenkinsRule r) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer app = app(threads);
        try (Emulator emulator = Emulator.start(EmulatorConfig.defaults());
                QuietPort own = new QuietPort()) {
            int port = own.port();
            CompletableFuture<String> viewer = viewer(emulator, app, port, threads);
            EmbeddedListener listener = ViewerListener.get().listener();

            DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
            settings.setViewerAccess("jenkins");
            settings.save();

            assertThat(viewer).as("saved while the old viewer still loads").isNotDone();
            // What every page of an administrator asks.
            assertThat(CompletableFuture.supplyAsync(listener::problem, threads).get(60, TimeUnit.SECONDS))
                    .isEmpty();
            assertThat(CompletableFuture.supplyAsync(
                                    () -> ExtensionList.lookupSingleton(Monitors.Trouble.class)
                                            .isActivated(),
                                    threads)
                            .get(60, TimeUnit.SECONDS))
                    .isFalse();
            settings.setReconcileMinutes(20);
            settings.save();
            assertThat(viewer).as("saved again").isNotDone();

            release.countDown();
            assertThat(viewer.get(60, TimeUnit.SECONDS)).contains("the beginning", "the end");
            await().atMost(Duration.ofSeconds(60)).until(() -> listener.port().equals(java.util.Optional.of(port)));
            assertThat(get(port)).startsWith("HTTP/1.1 401");
        } finally {
            release.countDown();
            app.stop(0);
            threads.shutdownNow();
        }
    }

    private HttpServer app(ExecutorService threads) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                exchange.getResponseBody().write("the beginning".getBytes(StandardCharsets.US_ASCII));
                exchange.getResponseBody().flush();
                begun.countDown();
                release.await();
                exchange.getResponseBody().write("the end".getBytes(StandardCharsets.US_ASCII));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                exchange.close();
            }
        });
        server.start();
        return server;
    }

    private static void configure(Emulator emulator, int port) throws Exception {
        Keys.global("api", emulator.apiKey());
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        settings.setApiUrl(emulator.baseUrl().toString());
        settings.setCredentialsId("api");
        settings.setPublicUrl("http://{preview}.previews.localhost");
        ListenerConfiguration listener = new ListenerConfiguration();
        listener.setPort(port);
        settings.setListener(listener);
        settings.save();
    }

    private String get(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
