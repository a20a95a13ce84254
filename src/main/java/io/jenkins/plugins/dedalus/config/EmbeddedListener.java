package io.jenkins.plugins.dedalus.config;

import io.jenkins.plugins.dedalus.proxy.ListenOptions;
import io.jenkins.plugins.dedalus.proxy.PreviewProxy;
import io.jenkins.plugins.dedalus.proxy.ProxySettings;
import io.jenkins.plugins.dedalus.proxy.page.WaitingPage;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The controller's own port for viewers of previews: the engine's proxy, started and stopped with the configuration. Jenkins'
 * own port never carries a byte of a preview. Thread-safe.
 */
public final class EmbeddedListener {
    private static final Logger LOGGER = Logger.getLogger(EmbeddedListener.class.getName());
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final Duration START_PATIENCE = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofMillis(100);

    private final PreviewService service;
    private Setup running;
    private PreviewProxy proxy;
    private ListenerViewers viewers;
    private int port;
    private String problem;

    /** What a proxy is built with; another one takes its place when this changes. */
    private record Setup(
            ListenerConfiguration listener,
            String publicUrl,
            String viewerAccess,
            List<String> upstreams,
            String viewerKey,
            boolean loopback) {
        static Setup now() {
            DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
            if (settings.getListener() == null || settings.getPublicUrl() == null) {
                return null;
            }
            return new Setup(
                    settings.getListener(),
                    settings.getPublicUrl(),
                    settings.getViewerAccess(),
                    settings.upstreams(),
                    settings.getViewerKeyCredentialsId(),
                    SettingChecks.isLoopback(URI.create(settings.getApiUrl()).getHost()));
        }
    }

    EmbeddedListener(PreviewService service) {
        this.service = service;
    }

    /** The port that is listened on; empty while the listener is off or has a problem. */
    public synchronized Optional<Integer> port() {
        return proxy == null ? Optional.empty() : Optional.of(port);
    }

    /** Why the configured listener doesn't listen, a sentence; empty if it does or is off. */
    public synchronized Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Brings the listener to where the configuration wants it. */
    synchronized void apply() {
        Setup wanted = Setup.now();
        if (proxy != null && running.equals(wanted)) {
            return;
        }
        CompletableFuture<Void> closing = shutDown();
        problem = null;
        if (wanted == null) {
            return;
        }
        try {
            start(wanted, closing);
        } catch (ExecutionException e) {
            failed(wanted, e.getCause());
        } catch (TimeoutException | PreviewsUnavailableException | IllegalArgumentException e) {
            failed(wanted, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed(wanted, e);
        }
    }

    private void start(Setup setup, CompletableFuture<Void> closing)
            throws ExecutionException, InterruptedException, TimeoutException {
        AccountDirectory directory = new AccountDirectory(service, setup.publicUrl(), setup.viewerAccess());
        ListenerViewers asked = new ListenerViewers(directory);
        PreviewProxy starting = PluginContext.in(() -> build(setup, directory, asked));
        boolean started = false;
        try {
            port = bind(starting, setup.listener(), closing);
            started = true;
        } finally {
            if (!started) {
                starting.close(Duration.ZERO);
                asked.close();
            }
        }
        proxy = starting;
        viewers = asked;
        running = setup;
        LOGGER.info(() -> "Previews are served at " + setup.listener().getBindAddress() + ":" + port + ".");
    }

    private static int bind(PreviewProxy starting, ListenerConfiguration where, CompletableFuture<Void> closing)
            throws ExecutionException, InterruptedException, TimeoutException {
        ListenOptions options = ListenOptions.http(where.getBindAddress(), where.getPort());
        while (true) {
            boolean portFree = closing.isDone();
            try {
                return PluginContext.in(() -> starting.start(options))
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(START_PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (portFree) {
                    throw e;
                }
                // The one before may still hold the port while its viewers leave.
                TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
            }
        }
    }

    private PreviewProxy build(Setup setup, AccountDirectory directory, ListenerViewers asked) {
        // Made here and now, because later would be on an event loop.
        service.accounts().forEach(AccountEngine::gate);
        return PreviewProxy.builder()
                .directory(directory)
                .waker(new AccountWaker(directory))
                .gatekeeper(asked.gatekeeper())
                .pages(new WaitingPage(Clock.systemUTC(), directory::problem))
                .credentials(new ViewerKey(setup.viewerKey()))
                .settings(ProxySettings.builder()
                        .upstreamSuffixes(setup.upstreams())
                        .allowLoopback(setup.loopback())
                        .trustedProxies(setup.listener().trustedProxyList())
                        .build())
                .build();
    }

    private void failed(Setup setup, Throwable failure) {
        problem = Messages.EmbeddedListener_failed(setup.listener(), failure.getMessage());
        LOGGER.warning(problem);
        LOGGER.log(Level.FINE, "Why", failure);
    }

    private CompletableFuture<Void> shutDown() {
        if (proxy == null) {
            return CompletableFuture.completedFuture(null);
        }
        ListenerViewers asked = viewers;
        CompletableFuture<Void> closing = proxy.close(DRAIN)
                .toCompletionStage()
                .toCompletableFuture()
                .whenComplete((done, failure) -> asked.close());
        proxy = null;
        viewers = null;
        running = null;
        return closing;
    }

    /** Stops for good; viewers get up to half a minute to finish. */
    void close() {
        CompletableFuture<Void> closing;
        synchronized (this) {
            closing = shutDown();
        }
        try {
            closing.get(DRAIN.plus(START_PATIENCE).toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOGGER.log(Level.WARNING, "The listener for previews could not be closed in time.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
