package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.preview.EngineThreads;
import io.jenkins.plugins.dedalus.preview.HttpReadinessProbe;
import io.jenkins.plugins.dedalus.preview.LifecycleSettings;
import io.jenkins.plugins.dedalus.preview.PreviewException;
import io.jenkins.plugins.dedalus.preview.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.PreviewLifecycle;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.PreviewState;
import io.jenkins.plugins.dedalus.preview.Reconciler;
import io.jenkins.plugins.dedalus.preview.WakeGate;
import io.jenkins.plugins.dedalus.preview.WakeSettings;
import io.jenkins.plugins.dedalus.proxy.AccessLog;
import io.jenkins.plugins.dedalus.proxy.Directory;
import io.jenkins.plugins.dedalus.proxy.GateWaker;
import io.jenkins.plugins.dedalus.proxy.PreviewProxy;
import io.jenkins.plugins.dedalus.proxy.ProxySettings;
import io.jenkins.plugins.dedalus.proxy.Route;
import io.jenkins.plugins.dedalus.proxy.directory.LedgerDirectory;
import io.jenkins.plugins.dedalus.proxy.directory.RecordRoutes;
import io.jenkins.plugins.dedalus.proxy.page.WaitingPage;
import io.jenkins.plugins.dedalus.router.admin.AdminApi;
import io.jenkins.plugins.dedalus.router.admin.AdminServer.Readiness;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import io.jenkins.plugins.dedalus.router.metrics.RouterMetrics;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The engine as a router runs it: with a ledger of its own. */
final class Engine implements AutoCloseable {
    private final RouterConfig config;
    private final Clock clock;
    private final DedalusClient client;
    private final EngineThreads threads = new EngineThreads("dedalus-engine", 8);
    private final WakeGate gate;
    private final PreviewLedger ledger;
    private final PreviewLifecycle lifecycle;
    private final Reconciler reconciler;
    private final Directory directory;
    private final Viewers viewers;
    private volatile boolean stopping;

    private Engine(RouterConfig config, DedalusClient client, RouterMetrics metrics, Clock clock) {
        this.config = config;
        this.clock = clock;
        this.client = client;
        this.gate = WakeGate.builder()
                .client(client)
                .probe(new HttpReadinessProbe(threads))
                .scheduler(threads)
                .listener(metrics)
                .settings(WakeSettings.DEFAULT
                        .withDeadline(config.limits().wakeDeadline())
                        .withMaxWaiters(config.limits().waiters()))
                .clock(clock)
                .build();
        this.ledger = PreviewLedger.open(config.state().resolve("ledger"));
        this.lifecycle = PreviewLifecycle.builder()
                .client(client)
                .ledger(ledger)
                .gate(gate)
                .scheduler(threads)
                .clock(clock)
                .settings(LifecycleSettings.DEFAULT.withUnconfirmedGrace(config.grace().unconfirmed()))
                .publicUrl(port -> config.previewUrl().url(port.label()).toString())
                .build();
        this.reconciler = new Reconciler(lifecycle);
        this.directory = new LedgerDirectory(
                ledger, new RecordRoutes(config.previewUrl(), config.access().mode()), clock);
        this.viewers = Viewers.open(config, directory, threads, clock);
    }

    /** Opens the ledger and everything on it; throws {@link StartException}. */
    static Engine open(RouterConfig config, Map<String, String> environment, RouterMetrics metrics, Clock clock) {
        DedalusClient client;
        try {
            client = DedalusClient.builder()
                    .baseUrl(config.api().baseUrl().toString())
                    .apiKey(SecretFiles.apiKey(config.api(), environment))
                    .organizationId(config.api().organisation())
                    .userAgent("dedalus-preview-router")
                    .build();
        } catch (IllegalArgumentException e) {
            throw new StartException(e.getMessage(), e);
        }
        try {
            return new Engine(config, client, metrics, clock);
        } catch (PreviewException e) {
            client.close();
            throw new StartException(e.getMessage(), e);
        }
    }

    Directory directory() {
        return directory;
    }

    PreviewProxy proxy(RouterMetrics metrics) {
        return PreviewProxy.builder()
                .directory(directory)
                .waker(new GateWaker(gate, this::startPath))
                .gatekeeper(viewers.access())
                .pages(new WaitingPage(clock, this::problem))
                .metrics(metrics)
                .accessLog(AccessLog.OFF)
                .settings(proxySettings())
                .clock(clock)
                .build();
    }

    private ProxySettings proxySettings() {
        boolean local = isLoopback(config.api().baseUrl().getHost());
        List<String> hosts = new ArrayList<>(config.api().upstreamHosts());
        return ProxySettings.builder()
                .wakeDeadline(config.limits().wakeDeadline())
                .waitingPageAfter(config.limits().waitingPageAfter())
                .upstreamConnections(config.limits().connections())
                .upstreamSuffixes(hosts)
                .allowLoopback(local)
                .trustedProxies(config.trustedProxies())
                .build();
    }

    /** An API on loopback is an emulator's: its preview URLs are on loopback too. */
    private static boolean isLoopback(String host) {
        try {
            return host != null
                    && ("localhost".equals(host) || host.matches("[0-9.]+|\\[.*]") && InetAddress.getByName(host).isLoopbackAddress());
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private String startPath(Route route) {
        return lifecycle.list().stream()
                .filter(record -> route.machineId().equals(record.machineId()) && record.startable())
                .map(record -> PreviewRecord.START_PATH)
                .findFirst()
                .orElse(null);
    }

    private Optional<String> problem(Route route) {
        return lifecycle.list().stream()
                .filter(record -> record.key().id().equals(route.previewId()))
                .filter(record -> record.state() == PreviewState.FAILED && record.problem() != null)
                .map(PreviewRecord::problem)
                .findFirst();
    }

    AdminApi adminApi() {
        return new PreviewAdmin(
                config,
                client,
                ledger,
                lifecycle,
                new UpRequests(config, clock),
                new LinkAdmin(config, viewers.links()));
    }

    Readiness readiness() {
        return stopping
                ? new Readiness(false, "stopping")
                : new Readiness(true, "ready: " + directory.routes().size() + " preview hosts");
    }

    String describe() {
        Path file = config.state().resolve("ledger");
        return "ledger " + file + ", " + lifecycle.list().size() + " previews";
    }

    /** Starts what works in the background. */
    void begin() {
        reconciler.start(config.grace().reconcile());
    }

    /** From now on load balancers are told to stay away. */
    void stopping() {
        stopping = true;
    }

    @Override
    public void close() {
        viewers.close();
        reconciler.close();
        lifecycle.close();
        gate.close();
        ledger.close();
        client.close();
        threads.close();
    }
}
