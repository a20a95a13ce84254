package io.jenkins.plugins.dedalus.listener;

import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import io.jenkins.plugins.dedalus.accounts.AccountEngine;
import io.jenkins.plugins.dedalus.accounts.PluginContext;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.accounts.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.accounts.ViewerKey;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.ListenerConfiguration;
import io.jenkins.plugins.dedalus.config.SettingChecks;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import io.jenkins.plugins.dedalus.proxy.PreviewProxy;
import io.jenkins.plugins.dedalus.proxy.page.WaitingPage;
import io.jenkins.plugins.dedalus.proxy.spi.ListenOptions;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The controller's own port for viewers of previews: the engine's proxy, started and stopped with the configuration. Jenkins'
 * own port never carries a byte of a preview. Thread-safe.
 */
@Restricted(NoExternalUse.class)
public final class EmbeddedListener {
    private static final Logger LOGGER = Logger.getLogger(EmbeddedListener.class.getName());
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final Duration START_PATIENCE = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofMillis(100);

    private final ThreadPoolExecutor worker;
    /** What everybody may see without waiting. */
    private volatile Status status = Status.OFF;

    private volatile boolean closing;

    // Of the worker's thread alone.
    private Setup running;
    private PreviewProxy proxy;
    private ListenerViewers viewers;
    private AccountDirectory followed;

    /**
     * How it stands.
     *
     * @param port null while it doesn't listen
     * @param problem why it doesn't though it should, a sentence; null if all is well
     */
    private record Status(Integer port, String problem) {
        static final Status OFF = new Status(null, null);
    }

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

    EmbeddedListener() {
        this.worker = new ThreadPoolExecutor(
                1,
                1,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(),
                new NamingThreadFactory(new DaemonThreadFactory(), "dedalus-listener"));
        worker.allowCoreThreadTimeOut(true);
    }

    /** The port that is listened on; empty while the listener is off or has a problem. */
    public Optional<Integer> port() {
        return Optional.ofNullable(status.port());
    }

    /** Why the configured listener doesn't listen, a sentence; empty if it does or is off. */
    public Optional<String> problem() {
        return Optional.ofNullable(status.problem());
    }

    /**
     * Brings the listener to where the configuration wants it. That may take as long as viewers of the one before are given to
     * finish, if both want the same port.
     *
     * @return completes when it is there, or has a problem
     */
    CompletableFuture<Void> follow() {
        try {
            return CompletableFuture.runAsync(this::bring, worker);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "Jenkins stops.", e);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void bring() {
        Setup wanted = Setup.now();
        if (closing || proxy != null && running.equals(wanted)) {
            return;
        }
        Integer held = status.port();
        CompletableFuture<Void> leaving = shutDown();
        if (wanted == null) {
            return;
        }
        if (held == null || held != wanted.listener().getPort()) {
            // Nobody who leaves has what is wanted now.
            leaving = CompletableFuture.completedFuture(null);
        }
        try {
            start(wanted, leaving);
        } catch (ExecutionException e) {
            failed(wanted, e.getCause());
        } catch (TimeoutException | PreviewsUnavailableException | IllegalArgumentException e) {
            failed(wanted, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed(wanted, e);
        }
    }

    private void start(Setup setup, CompletableFuture<Void> leaving)
            throws ExecutionException, InterruptedException, TimeoutException {
        AccountDirectory directory =
                new AccountDirectory(PreviewEngines.get(), setup.publicUrl(), setup.viewerAccess());
        ListenerViewers asked = new ListenerViewers(directory, setup.viewerAccess());
        PreviewProxy starting = PluginContext.in(() -> build(setup, directory, asked));
        Integer port = null;
        try {
            port = bind(starting, setup, leaving);
        } finally {
            if (port == null) {
                starting.close(Duration.ZERO);
                asked.close();
                directory.close();
            }
        }
        if (port == null) {
            return;
        }
        proxy = starting;
        viewers = asked;
        followed = directory;
        running = setup;
        status = new Status(port, null);
        LOGGER.log(Level.INFO, "Previews are served at {0}.", setup.listener().getBindAddress() + ":" + port);
    }

    /** Null if other settings are wanted meanwhile. */
    private Integer bind(PreviewProxy starting, Setup setup, CompletableFuture<Void> leaving)
            throws ExecutionException, InterruptedException, TimeoutException {
        ListenerConfiguration where = setup.listener();
        ListenOptions options = ListenOptions.http(where.getBindAddress(), where.getPort());
        while (true) {
            if (closing || !setup.equals(Setup.now())) {
                return null;
            }
            boolean portFree = leaving.isDone();
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
        PreviewEngines.get().accounts().forEach(AccountEngine::prepare);
        directory.size();
        return PreviewProxy.builder()
                .directory(directory)
                .waker(new AccountWaker(directory))
                .gatekeeper(asked.gatekeeper())
                .pages(new WaitingPage(Clock.systemUTC()))
                .credentials(new ViewerKey(setup.viewerKey()).ready())
                .settings(settings(setup))
                .build();
    }

    private static ProxySettings settings(Setup setup) {
        ProxySettings.Builder settings = ProxySettings.builder()
                .upstreamSuffixes(setup.upstreams())
                .allowLoopback(setup.loopback())
                .trustedProxies(setup.listener().trustedProxyList());
        TimeLimits.Answers limits = setup.listener().answers();
        if (limits.response() != null) {
            settings.responseTimeout(limits.response());
        }
        if (limits.idle() != null) {
            settings.idleTimeout(limits.idle());
        }
        return settings.build();
    }

    private void failed(Setup setup, Throwable failure) {
        String problem = Messages.EmbeddedListener_failed(setup.listener(), failure.getMessage());
        status = new Status(null, problem);
        LOGGER.warning(problem);
        LOGGER.log(Level.FINE, "Why", failure);
    }

    private CompletableFuture<Void> shutDown() {
        status = Status.OFF;
        if (proxy == null) {
            return CompletableFuture.completedFuture(null);
        }
        ListenerViewers asked = viewers;
        AccountDirectory directory = followed;
        CompletableFuture<Void> leaving = proxy.close(DRAIN)
                .toCompletionStage()
                .toCompletableFuture()
                .whenComplete((done, failure) -> {
                    asked.close();
                    directory.close();
                });
        proxy = null;
        viewers = null;
        followed = null;
        running = null;
        return leaving;
    }

    /** Stops for good; viewers get up to half a minute to finish. */
    void close() {
        closing = true;
        try {
            CompletableFuture.supplyAsync(this::shutDown, worker)
                    .thenCompose(leaving -> leaving)
                    .get(DRAIN.plus(START_PATIENCE).toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOGGER.log(Level.WARNING, "The listener for previews could not be closed in time.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            worker.shutdownNow();
        }
    }
}
