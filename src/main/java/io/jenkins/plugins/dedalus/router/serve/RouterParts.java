package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import io.jenkins.plugins.dedalus.preview.wake.WakeSettings;
import io.jenkins.plugins.dedalus.proxy.GateWaker;
import io.jenkins.plugins.dedalus.proxy.PreviewProxy;
import io.jenkins.plugins.dedalus.proxy.page.WaitingPage;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import io.jenkins.plugins.dedalus.proxy.spi.UpstreamCredentials;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamProbe;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import io.jenkins.plugins.dedalus.router.metrics.JsonAccessLog;
import io.jenkins.plugins.dedalus.router.metrics.RouterMetrics;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/** What every router has, whoever owns the ledger: threads, the API client, the wake gate. */
final class RouterParts implements AutoCloseable {
    private static final int THREADS = 32;

    private final RouterConfig config;
    private final Clock clock;
    private final RouterMetrics metrics;
    private final EngineThreads threads;
    private final DedalusClient client;
    private final UpstreamProbe probe;
    private final WakeGate gate;
    private final UpstreamCredentials viewerKey;

    private RouterParts(
            RouterConfig config, Clock clock, RouterMetrics metrics, DedalusClient client, Optional<String> viewerKey) {
        this.config = config;
        this.clock = clock;
        this.metrics = metrics;
        this.client = client;
        this.viewerKey = route -> route.takesViewerKey() ? viewerKey : Optional.empty();
        this.threads = new EngineThreads("dedalus-engine", THREADS);
        this.probe = new UpstreamProbe(settings(), () -> viewerKey);
        this.gate = WakeGate.builder()
                .client(client)
                .probe(probe)
                .listener(metrics.wakes())
                .settings(WakeSettings.DEFAULT
                        .withDeadline(config.limits().wakeDeadline())
                        .withMaxWaiters(config.limits().waiters()))
                .clock(clock)
                .build();
    }

    /** Reads the keys and makes the parts; throws {@link StartException}. */
    static RouterParts open(RouterConfig config, Map<String, String> environment, RouterMetrics metrics, Clock clock) {
        try {
            DedalusClient client = DedalusClient.builder()
                    .baseUrl(config.api().baseUrl().toString())
                    .apiKey(SecretFiles.apiKey(config.api(), environment))
                    .organizationId(config.api().organisation())
                    .userAgent("dedalus-preview-router")
                    .build();
            return new RouterParts(config, clock, metrics, client, viewerKey(config.api()));
        } catch (IllegalArgumentException e) {
            throw new StartException(e.getMessage(), e);
        }
    }

    private static Optional<String> viewerKey(RouterConfig.Api api) {
        if (api.viewerKeyFile() == null) {
            return Optional.empty();
        }
        return Optional.of("Bearer " + SecretFiles.firstLine(api.viewerKeyFile(), "api.viewerKeyFile"));
    }

    /** The data plane over a directory. */
    PreviewProxy proxy(Directory directory, Viewers viewers) {
        PreviewProxy.Builder proxy = PreviewProxy.builder()
                .directory(directory)
                .waker(new GateWaker(gate))
                .gatekeeper(viewers.access())
                .pages(new WaitingPage(clock))
                .metrics(metrics)
                .credentials(viewerKey)
                .settings(settings())
                .clock(clock);
        if (config.accessLog()) {
            proxy.accessLog(new JsonAccessLog());
        }
        return proxy.build();
    }

    private ProxySettings settings() {
        return ProxySettings.builder()
                .wakeDeadline(config.limits().wakeDeadline())
                .waitingPageAfter(config.limits().waitingPageAfter())
                .upstreamConnections(config.limits().connections())
                .responseTimeout(config.limits().response())
                .idleTimeout(config.limits().idle())
                .keepAwake(config.limits().keepAwake())
                .upstreamSuffixes(config.api().upstreamHosts())
                .allowLoopback(isLoopback(config.api().baseUrl().getHost()))
                .trustedProxies(config.trustedProxies())
                .build();
    }

    /** An API on loopback is an emulator's: its preview URLs are on loopback too. */
    private static boolean isLoopback(String host) {
        try {
            boolean address = host != null && host.matches("[0-9.]+|\\[.*]");
            return "localhost".equals(host)
                    || address && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    RouterMetrics metrics() {
        return metrics;
    }

    EngineThreads threads() {
        return threads;
    }

    DedalusClient client() {
        return client;
    }

    UpstreamProbe probe() {
        return probe;
    }

    WakeGate gate() {
        return gate;
    }

    @Override
    public void close() {
        gate.close();
        probe.close();
        client.close();
        threads.close();
    }
}
