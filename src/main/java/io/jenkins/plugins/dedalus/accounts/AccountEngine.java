package io.jenkins.plugins.dedalus.accounts;

import hudson.model.Computer;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.ByteBudget;
import io.jenkins.plugins.dedalus.config.Account;
import io.jenkins.plugins.dedalus.config.ApiCredentials;
import io.jenkins.plugins.dedalus.config.JenkinsClients;
import io.jenkins.plugins.dedalus.preview.PreviewLifecycle;
import io.jenkins.plugins.dedalus.preview.Reconciler;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.LifecycleSettings;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.room.MachineLimits;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamProbe;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** The engine of one account: its ledger, open as long as Jenkins runs, and what works on it. Thread-safe. */
public final class AccountEngine implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(AccountEngine.class.getName());
    /** The client wants a key when it is made; {@link AccountSigner} replaces it in every call. */
    private static final String REPLACED_KEY = "replaced-in-every-call";

    private static final int CALLS_AT_ONCE = 4;
    private static final Duration AVAILABILITY_KEPT = Duration.ofMinutes(1);

    private final PreviewLedger ledger;
    private final Function<ExposedPort, String> publicUrl;
    private final AccountSigner signer;
    private final Shared shared;
    private final SingleFlight<Optional<String>> availability = new SingleFlight<>(
            () -> unavailable(account()), AVAILABILITY_KEPT, Computer.threadPoolForRemoting, System::nanoTime);
    private volatile Account account;
    /** Null until somebody uses it. */
    private volatile Running running;
    /** Why the ledger's machines can't be looked after with the present settings; null if they can. */
    private volatile String refused;

    /**
     * What all accounts have in common.
     *
     * @param output they share one controller's memory
     * @param room the limits of machines, and who has them: several may have keys of one Dedalus account
     */
    record Shared(ByteBudget output, MachineLimits room) {}

    /** What is made anew when its settings change. */
    private record Running(
            EngineSettings settings,
            EngineThreads threads,
            UpstreamProbe probe,
            DedalusClient client,
            WakeGate gate,
            PreviewLifecycle lifecycle,
            Reconciler reconciler) {
        boolean idle() {
            return gate.waiters() == 0 && !lifecycle.busy();
        }

        void close() {
            reconciler.close();
            lifecycle.close();
            gate.close();
            probe.close();
            threads.close();
            client.close();
        }
    }

    /** Opens the ledger; throws {@link io.jenkins.plugins.dedalus.preview.error.LedgerException} when it can't. */
    AccountEngine(Account account, Path ledger, Function<ExposedPort, String> publicUrl, Shared shared) {
        this.account = account;
        this.publicUrl = publicUrl;
        this.shared = shared;
        this.signer = new AccountSigner(this::account, Clock.systemUTC());
        this.ledger = PreviewLedger.open(ledger);
        this.ledger.listen(PreviewListener::tell);
    }

    public Account account() {
        return account;
    }

    /** Follows a moved folder. */
    public void account(Account value) {
        account = value;
    }

    public PreviewLedger ledger() {
        return ledger;
    }

    /** Whether it has the preview's record, and the preview isn't closed. */
    boolean owns(PreviewKey key) {
        return ledger.get(key)
                .filter(record -> record.state() != PreviewState.CLOSED)
                .isPresent();
    }

    /** Whether it has an open preview with this id, of whichever key. */
    boolean opens(String id) {
        return ledger.byId(id)
                .filter(record -> record.state() != PreviewState.CLOSED)
                .isPresent();
    }

    public AccountSigner signer() {
        return signer;
    }

    PreviewLifecycle lifecycle() {
        return running().lifecycle();
    }

    WakeGate gate() {
        return running().gate();
    }

    /**
     * The gate as it runs, for pages and event loops: nothing is waited for, made or read. Empty before the first use, and
     * while the settings don't fit.
     */
    public Optional<WakeGate> gateNow() {
        Running now = running;
        return now == null || refused != null ? Optional.empty() : Optional.of(now.gate());
    }

    /** Follows changed settings, if it is in use. May wait. */
    void refresh() {
        availability.outdate();
        if (running != null || refused != null) {
            prepare();
        }
    }

    /** Makes what {@link #gateNow} hands out, if the settings let it. May wait. */
    public void prepare() {
        try {
            running();
        } catch (PreviewsUnavailableException e) {
            LOGGER.log(Level.FINE, e, () -> "The engine of " + account + " can't be used now; a monitor tells why.");
        }
    }

    /** As {@link #unavailable} said lately; asks for no credentials on this thread. */
    Optional<String> unavailableLately() {
        return availability.lately().flatMap(sentence -> sentence);
    }

    /** What {@link #unavailableLately} tells once credentials were asked for again. */
    CompletableFuture<Optional<String>> availability() {
        return availability.fresh();
    }

    Reconciler reconciler() {
        return running().reconciler();
    }

    DedalusClient client() {
        return running().client();
    }

    /** Sentences about the ledger's files, an API that isn't its own, and credentials that others stand in for. */
    Stream<String> problems() {
        return Stream.of(ledger.messages().stream(), misplaced().stream(), signer.standIn().stream())
                .flatMap(sentences -> sentences);
    }

    /** Why new work can't be done with an account; empty if it can. */
    public static Optional<String> unavailable(Account account) {
        if (ApiCredentials.find(account).isPresent()) {
            return Optional.empty();
        }
        boolean standIn =
                !account.isGlobal() && ApiCredentials.find(Account.GLOBAL).isPresent();
        return standIn ? Optional.empty() : Optional.of(Messages.AccountSigner_missing(account));
    }

    private Running running() {
        EngineSettings now = EngineSettings.now();
        Running current = running;
        return current != null && current.settings().equals(now) && refused == null ? current : renewed();
    }

    private synchronized Running renewed() {
        EngineSettings now = EngineSettings.now();
        bind(now);
        if (running == null || !running.settings().equals(now) && replaceable(now)) {
            Running old = running;
            running = build(now);
            if (old != null) {
                old.close();
            }
        }
        return running;
    }

    private void bind(EngineSettings settings) {
        try {
            ledger.bind(settings.apiUrl(), account.isGlobal() ? settings.organizationId() : null);
            refused = null;
        } catch (LedgerException e) {
            refused = e.getMessage();
            throw new PreviewsUnavailableException(e.getMessage(), e);
        }
    }

    private Optional<String> misplaced() {
        try {
            bind(EngineSettings.now());
            return Optional.empty();
        } catch (PreviewsUnavailableException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Another API is another world; any other change waits until nothing is under way. Called when something runs. */
    private boolean replaceable(EngineSettings now) {
        return !running.settings().apiUrl().equals(now.apiUrl()) || running.idle();
    }

    private Running build(EngineSettings settings) {
        EngineThreads threads = new EngineThreads("dedalus-engine", CALLS_AT_ONCE);
        DedalusClient client = JenkinsClients.builder(settings.apiUrl(), signer)
                .apiKey(REPLACED_KEY)
                .build();
        ViewerKey viewerKey = new ViewerKey(settings.viewerKey()).ready();
        UpstreamProbe probe = PluginContext.in(() -> new UpstreamProbe(settings.probing(), viewerKey::header));
        WakeGate gate = WakeGate.builder().client(client).probe(probe).build();
        PreviewLifecycle lifecycle = PreviewLifecycle.builder()
                .client(client)
                .ledger(ledger)
                .gate(gate)
                .probe(probe)
                .scheduler(threads)
                .settings(LifecycleSettings.DEFAULT
                        .withUnconfirmedGrace(settings.unconfirmedGrace())
                        .withLifetime(
                                LifecycleSettings.DEFAULT.ttl(),
                                LifecycleSettings.DEFAULT.notice(),
                                settings.closedGrace())
                        .withWaitsForRoom(settings.waitsForRoom())
                        .withMaxAwake(settings.maxAwake()))
                .publicUrl(publicUrl)
                .output(shared.output())
                .limits(shared.room())
                .build();
        return new Running(settings, threads, probe, client, gate, lifecycle, new Reconciler(lifecycle));
    }

    /** Stops everything where it stands and gives up the ledger. */
    @Override
    public synchronized void close() {
        if (running != null) {
            running.close();
            running = null;
        }
        ledger.close();
    }
}
