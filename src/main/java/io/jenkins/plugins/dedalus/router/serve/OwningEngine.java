package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.PreviewsNotOfferedException;
import io.jenkins.plugins.dedalus.preview.PreviewLifecycle;
import io.jenkins.plugins.dedalus.preview.Reconciler;
import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.model.LifecycleSettings;
import io.jenkins.plugins.dedalus.proxy.PreviewProxy;
import io.jenkins.plugins.dedalus.proxy.access.revocation.FileRevocations;
import io.jenkins.plugins.dedalus.proxy.directory.LedgerDirectory;
import io.jenkins.plugins.dedalus.proxy.directory.RecordRoutes;
import io.jenkins.plugins.dedalus.proxy.directory.RouteFeed;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.router.admin.AdminApi;
import io.jenkins.plugins.dedalus.router.admin.AdminServer.Readiness;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** An engine with a ledger of its own: it provisions, wakes, and takes down. */
final class OwningEngine implements Engine {
    private static final Logger LOGGER = Logger.getLogger(OwningEngine.class.getName());

    private final RouterConfig config;
    private final Clock clock;
    private final RouterParts foundation;
    private final PreviewLedger ledger;
    private final PreviewLifecycle lifecycle;
    private final Reconciler reconciler;
    private final LedgerDirectory directory;
    private final FileRevocations revocations;
    private final Viewers viewers;

    OwningEngine(RouterConfig config, RouterParts foundation, Clock clock) {
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
                .settings(LifecycleSettings.DEFAULT
                        .withUnconfirmedGrace(config.grace().unconfirmed())
                        .withLifetime(
                                config.lifetime().ttl(),
                                config.lifetime().notice(),
                                config.grace().closed())
                        .withMaxMachines(config.limits().machines())
                        .withWaitsForRoom(config.limits().waitsForRoom())
                        .withMaxAwake(config.limits().awake()))
                .publicUrl(port -> config.previewUrl().url(port.label()).toString())
                .build();
        foundation.metrics().watchOrphans(lifecycle::orphanCount);
        this.reconciler = new Reconciler(lifecycle);
        this.directory = new LedgerDirectory(
                ledger, new RecordRoutes(config.previewUrl(), config.access().mode()), clock);
        this.revocations = revocations();
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

    private FileRevocations revocations() {
        try {
            return new FileRevocations(config.state().resolve("revoked.json"));
        } catch (UncheckedIOException e) {
            ledger.close();
            throw new StartException(e.getMessage(), e);
        }
    }

    private Viewers viewers() {
        try {
            return Viewers.open(
                    config,
                    directory,
                    foundation.threads(),
                    clock,
                    revocations,
                    () -> Viewers.authority(config.access().jenkins(), "access.tokenFile", foundation.threads()));
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
        return foundation.proxy(directory, viewers);
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
    public Optional<RouteFeed> feed() {
        return Optional.of(new RouteFeed(directory::routes, revocations::withdrawals));
    }

    @Override
    public Readiness readiness() {
        return new Readiness(true, "ready: " + directory.size() + " preview hosts");
    }

    @Override
    public String describe() {
        return lifecycle.list().size() + " previews in the ledger "
                + config.state().resolve("ledger");
    }

    @Override
    public void begin() {
        foundation.threads().execute(this::warnWithoutPreviews);
        reconciler.start(config.grace().reconcile());
    }

    private void warnWithoutPreviews() {
        try {
            foundation.client().previews().requireOffered(RequestOptions.none());
        } catch (PreviewsNotOfferedException e) {
            LOGGER.warning(e.getMessage());
        } catch (DedalusException e) {
            LOGGER.log(Level.INFO, "Whether the API offers previews is unknown: {0}", e.getMessage());
        }
    }

    @Override
    public void close() {
        viewers.close();
        reconciler.close();
        lifecycle.close();
        directory.close();
        foundation.close();
        ledger.close();
    }
}
