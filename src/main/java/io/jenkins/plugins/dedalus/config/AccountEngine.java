package io.jenkins.plugins.dedalus.config;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.preview.EngineThreads;
import io.jenkins.plugins.dedalus.preview.ExposedPort;
import io.jenkins.plugins.dedalus.preview.LedgerException;
import io.jenkins.plugins.dedalus.preview.LifecycleSettings;
import io.jenkins.plugins.dedalus.preview.PreviewKey;
import io.jenkins.plugins.dedalus.preview.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.PreviewLifecycle;
import io.jenkins.plugins.dedalus.preview.PreviewState;
import io.jenkins.plugins.dedalus.preview.Reconciler;
import io.jenkins.plugins.dedalus.preview.WakeGate;
import io.jenkins.plugins.dedalus.proxy.UpstreamProbe;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The engine of one account: its ledger, open as long as Jenkins runs, and what works on it. Thread-safe. */
final class AccountEngine implements AutoCloseable {
    /** The client wants a key when it is made; {@link AccountSigner} replaces it in every call. */
    private static final String REPLACED_KEY = "replaced-in-every-call";

    private static final int CALLS_AT_ONCE = 4;

    private final PreviewLedger ledger;
    private final Function<ExposedPort, String> publicUrl;
    private final AccountSigner signer;
    private volatile Account account;
    private Running running;

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

    /** Opens the ledger; throws {@link io.jenkins.plugins.dedalus.preview.LedgerException} when it can't. */
    AccountEngine(Account account, Path ledger, Function<ExposedPort, String> publicUrl) {
        this.account = account;
        this.publicUrl = publicUrl;
        this.signer = new AccountSigner(this::account, Clock.systemUTC());
        this.ledger = PreviewLedger.open(ledger);
    }

    Account account() {
        return account;
    }

    /** Follows a moved folder. */
    void account(Account value) {
        account = value;
    }

    PreviewLedger ledger() {
        return ledger;
    }

    /** Whether it has the preview's record, and the preview isn't closed. */
    boolean owns(PreviewKey key) {
        return ledger.get(key)
                .filter(record -> record.state() != PreviewState.CLOSED)
                .isPresent();
    }

    AccountSigner signer() {
        return signer;
    }

    PreviewLifecycle lifecycle() {
        return running().lifecycle();
    }

    WakeGate gate() {
        return running().gate();
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
    static Optional<String> unavailable(Account account) {
        if (ApiCredentials.find(account).isPresent()) {
            return Optional.empty();
        }
        boolean standIn =
                !account.isGlobal() && ApiCredentials.find(Account.GLOBAL).isPresent();
        return standIn ? Optional.empty() : Optional.of(Messages.AccountSigner_missing(account));
    }

    private synchronized Running running() {
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
        } catch (LedgerException e) {
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

    /** Another API is another world; any other change waits until nothing is under way. */
    private boolean replaceable(EngineSettings now) {
        return !running.settings().apiUrl().equals(now.apiUrl()) || running.idle();
    }

    private Running build(EngineSettings settings) {
        EngineThreads threads = new EngineThreads("dedalus-engine", CALLS_AT_ONCE);
        DedalusClient client = JenkinsClients.builder(settings.apiUrl(), signer)
                .apiKey(REPLACED_KEY)
                .build();
        UpstreamProbe probe = PluginContext.in(
                () -> new UpstreamProbe(settings.probing(), new ViewerKey(settings.viewerKey())::header));
        WakeGate gate = WakeGate.builder().client(client).probe(probe).build();
        PreviewLifecycle lifecycle = PreviewLifecycle.builder()
                .client(client)
                .ledger(ledger)
                .gate(gate)
                .probe(probe)
                .scheduler(threads)
                .settings(LifecycleSettings.DEFAULT.withUnconfirmedGrace(settings.unconfirmedGrace()))
                .publicUrl(publicUrl)
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
