package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.preview.EngineScheduler;
import io.jenkins.plugins.dedalus.preview.LifecycleSettings;
import io.jenkins.plugins.dedalus.preview.PreviewException;
import io.jenkins.plugins.dedalus.preview.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.PreviewLifecycle;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.PreviewState;
import io.jenkins.plugins.dedalus.preview.Reconciler;
import io.jenkins.plugins.dedalus.proxy.Directory;
import io.jenkins.plugins.dedalus.proxy.PreviewProxy;
import io.jenkins.plugins.dedalus.proxy.Route;
import io.jenkins.plugins.dedalus.proxy.directory.LedgerDirectory;
import io.jenkins.plugins.dedalus.proxy.directory.RecordRoutes;
import io.jenkins.plugins.dedalus.router.admin.AdminApi;
import io.jenkins.plugins.dedalus.router.admin.AdminServer.Readiness;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import java.time.Clock;
import java.util.Optional;

/** An engine with a ledger of its own: it provisions, wakes, and takes down. */
final class OwningEngine implements Engine {
    private final RouterConfig config;
    private final Clock clock;
    private final Foundation foundation;
    private final PreviewLedger ledger;
    private final PreviewLifecycle lifecycle;
    private final Reconciler reconciler;
    private final Directory directory;
    private final Viewers viewers;

    OwningEngine(RouterConfig config, Foundation foundation, Clock clock) {
        this.config = config;
        this.clock = clock;
        this.foundation = foundation;
        this.ledger = ledger(config);
        this.lifecycle = PreviewLifecycle.builder()
                .client(foundation.client())
                .ledger(ledger)
                .gate(foundation.gate())
                .probe(foundation.probe())
                .scheduler(foundation.threads())
                .clock(clock)
                .settings(LifecycleSettings.DEFAULT.withUnconfirmedGrace(
                        config.grace().unconfirmed()))
                .publicUrl(port -> config.previewUrl().url(port.label()).toString())
                .build();
        this.reconciler = new Reconciler(lifecycle);
        this.directory = new LedgerDirectory(
                ledger, new RecordRoutes(config.previewUrl(), config.access().mode()), clock);
        this.viewers = viewers();
    }

    private static PreviewLedger ledger(RouterConfig config) {
        PreviewLedger ledger = null;
        try {
            ledger = PreviewLedger.open(config.state().resolve("ledger"));
            ledger.bind(config.api().baseUrl().toString(), config.api().organisation());
            return ledger;
        } catch (PreviewException e) {
            if (ledger != null) {
                ledger.close();
            }
            throw new StartException(e.getMessage(), e);
        }
    }

    private Viewers viewers() {
        try {
            return Viewers.open(config, directory, foundation.threads(), clock);
        } catch (RuntimeException e) {
            ledger.close();
            throw e;
        }
    }

    @Override
    public EngineScheduler scheduler() {
        return foundation.threads();
    }

    @Override
    public Directory directory() {
        return directory;
    }

    @Override
    public PreviewProxy proxy() {
        return foundation.proxy(directory, viewers, this::problem);
    }

    private Optional<String> problem(Route route) {
        return lifecycle.list().stream()
                .filter(record -> record.key().id().equals(route.previewId()))
                .filter(record -> record.state() == PreviewState.FAILED && record.problem() != null)
                .map(PreviewRecord::problem)
                .findFirst();
    }

    @Override
    public AdminApi adminApi() {
        return new PreviewAdmin(
                config,
                foundation.client(),
                ledger,
                lifecycle,
                new UpRequests(config, clock),
                new LinkAdmin(config, viewers.links()));
    }

    @Override
    public Readiness readiness() {
        return new Readiness(true, "ready: " + directory.routes().size() + " preview hosts");
    }

    @Override
    public String describe() {
        return lifecycle.list().size() + " previews in the ledger "
                + config.state().resolve("ledger");
    }

    @Override
    public void begin() {
        reconciler.start(config.grace().reconcile());
    }

    @Override
    public void close() {
        viewers.close();
        reconciler.close();
        lifecycle.close();
        foundation.close();
        ledger.close();
    }
}
