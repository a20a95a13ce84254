package io.jenkins.plugins.dedalus.accounts;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.init.Terminator;
import hudson.model.Computer;
import hudson.model.Item;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.config.Account;
import io.jenkins.plugins.dedalus.config.ApiCredentials;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.InvalidSettingException;
import io.jenkins.plugins.dedalus.config.SettingCombinations;
import io.jenkins.plugins.dedalus.config.SettingsInForce;
import io.jenkins.plugins.dedalus.config.SettingsListener;
import io.jenkins.plugins.dedalus.preview.PreviewLifecycle;
import io.jenkins.plugins.dedalus.preview.ReconcileReport;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The engine inside Jenkins: one ledger, lifecycle and wake gate per Dedalus account, made from the configuration. Started
 * once all jobs are loaded (or when first asked for), stopped with Jenkins. Whoever asks for a preview's parts names the
 * preview; the account follows from its record, or for a new one from the job. What is handed out is made anew when the
 * API's URL changes: ask again instead of keeping it. Permissions are the caller's business. Thread-safe.
 */
@Extension
@Restricted(NoExternalUse.class)
public class PreviewEngines {
    /** The point of Jenkins' shutdown from which no viewer needs an engine. */
    public static final String VIEWERS_LEFT = "dedalus-viewers-left";

    private static final Logger LOGGER = Logger.getLogger(PreviewEngines.class.getName());

    /** Versions of different Jenkins sessions never meet. */
    private final AtomicLong generation = new AtomicLong(System.currentTimeMillis());

    /** Null before the first use, and when stopped. */
    private volatile AccountEngines engines;

    private volatile boolean stopped;

    /** The one of this Jenkins. */
    public static PreviewEngines get() {
        return ExtensionList.lookupSingleton(PreviewEngines.class);
    }

    /** Begins to serve what the ledger knows. Problems are told by the monitors and the log; Jenkins starts anyway. */
    @Initializer(after = InitMilestone.JOB_LOADED)
    public static void start() {
        PreviewEngines service = get();
        try {
            service.engines();
        } catch (PreviewsUnavailableException e) {
            LOGGER.log(Level.WARNING, e.getMessage(), e);
        }
    }

    /** Closes the ledgers, once viewers have left. What was under way stands in the ledger and goes on when asked for again. */
    @Terminator(requires = VIEWERS_LEFT)
    public static void stop() {
        PreviewEngines service = ExtensionList.lookup(PreviewEngines.class).get(PreviewEngines.class);
        if (service != null) {
            service.close();
        }
    }

    /** Has the engines follow the settings. */
    @Extension
    public static final class Follower implements SettingsListener {
        @Override
        public CompletableFuture<Void> settingsChanged() {
            PreviewEngines service = get();
            service.generation.incrementAndGet();
            AccountEngines known = service.engines;
            if (known == null) {
                return CompletableFuture.completedFuture(null);
            }
            return CompletableFuture.runAsync(
                            () -> known.all().forEach(AccountEngine::refresh), Computer.threadPoolForRemoting)
                    .thenCompose(done -> known.global().availability())
                    .thenAccept(sentence -> {});
        }
    }

    /** Whether Jenkins stops: what fails now goes on after its next start. */
    public static boolean stopping() {
        Jenkins jenkins = Jenkins.getInstanceOrNull();
        if (jenkins == null || jenkins.isTerminating()) {
            return true;
        }
        PreviewEngines service = ExtensionList.lookup(PreviewEngines.class).get(PreviewEngines.class);
        return service == null || service.stopped;
    }

    private void close() {
        stopped = true;
        synchronized (this) {
            if (engines != null) {
                engines.close();
                engines = null;
            }
        }
    }

    AccountEngines engines() {
        AccountEngines now = engines;
        return now == null || stopped ? open() : now;
    }

    private synchronized AccountEngines open() {
        if (stopped) {
            throw new PreviewsUnavailableException(Messages.PreviewEngines_stopped());
        }
        if (engines == null) {
            try {
                engines = new AccountEngines(Jenkins.get().getRootDir().toPath().resolve("dedalus"), this::publicUrl);
            } catch (LedgerException e) {
                throw new PreviewsUnavailableException(e.getMessage(), e);
            }
        }
        return engines;
    }

    /** Whether previews can be made with the global credentials. */
    public boolean available() {
        return unavailable(null).isEmpty();
    }

    /**
     * Why previews of this job can't be made or changed now.
     *
     * @param context the job, or null for the global configuration alone
     * @return a sentence that says what to do; empty if all is well
     */
    public Optional<String> unavailable(Item context) {
        try {
            return AccountEngine.unavailable(Account.of(context)).or(() -> {
                engines();
                return Optional.empty();
            });
        } catch (PreviewsUnavailableException e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * Why previews can't be made with the global credentials, as it was when it was looked at within the last minute: asks for
     * no credentials on this thread, so pages may.
     */
    public Optional<String> unavailableLately() {
        try {
            return engines().global().unavailableLately();
        } catch (PreviewsUnavailableException e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * The lifecycle that looks after a job's preview: that of the account which has it open, else of the job's own account.
     *
     * @param context the job; null for whoever answers for the preview itself: its pages, its job's closing
     * @throws PreviewsUnavailableException with a sentence when that account can't be used now
     * @throws PreviewException with a sentence when the preview is open in an account that isn't the job's
     */
    public PreviewLifecycle lifecycle(PreviewKey key, Item context) {
        return usable(key, context).lifecycle();
    }

    /** The lifecycle that looks after a known preview, or the global account's. */
    public PreviewLifecycle lifecycle(PreviewKey key) {
        return lifecycle(key, null);
    }

    /** The ledger that holds a known preview, or the global account's; readable also without credentials. */
    public PreviewLedger ledger(PreviewKey key) {
        return engine(key, null).ledger();
    }

    /** The wake gate that all wakes of a preview go through: pages', steps', the listener's. */
    public WakeGate wakeGate(PreviewKey key) {
        return usable(key, null).gate();
    }

    /**
     * The same as it runs, for pages: waits for nothing and asks for no credentials. Empty as long as nothing was woken or
     * built in this account, and while it can't be used.
     */
    public Optional<WakeGate> gateNow(PreviewKey key) {
        try {
            return engines().of(key).flatMap(AccountEngine::gateNow);
        } catch (PreviewsUnavailableException e) {
            return Optional.empty();
        }
    }

    /** The API client of a preview's account, for what the lifecycle doesn't do, such as usage. Never close it. */
    public DedalusClient client(PreviewKey key) {
        return usable(key, null).client();
    }

    private AccountEngine engine(PreviewKey key, Item context) {
        return known(key, context).orElseGet(() -> engines().ofOrNew(Account.of(context)));
    }

    /**
     * The engine that has the preview. For a job only one that has it open, for a closed preview binds nobody, and never
     * another account's. Ids name hosts, so what counts as the same is the id: it can be hit on purpose by another key.
     */
    private Optional<AccountEngine> known(PreviewKey key, Item job) {
        if (job == null) {
            return engines().of(key);
        }
        List<AccountEngine> holders = engines().all().stream()
                .filter(engine -> engine.opens(key.id()))
                .toList();
        Optional<AccountEngine> own =
                holders.stream().filter(engine -> engine.account().covers(job)).findFirst();
        if (own.isEmpty() && !holders.isEmpty()) {
            throw new PreviewException(Messages.PreviewEngines_otherAccount(key.id(), job.getFullName()));
        }
        return own.filter(engine -> engine.owns(key));
    }

    private AccountEngine usable(PreviewKey key, Item context) {
        AccountEngine engine = engine(key, context);
        AccountEngine.unavailable(engine.account()).ifPresent(sentence -> {
            throw new PreviewsUnavailableException(sentence);
        });
        return engine;
    }

    public List<AccountEngine> accounts() {
        return engines().all();
    }

    /**
     * Checks that viewers could see what this spec asks for: viewer access, visibility and viewer key go together.
     *
     * @throws InvalidSettingException with a sentence when they don't
     */
    public void checkViewable(PreviewSpec spec) {
        SettingsInForce settings = DedalusGlobalConfiguration.get().inForce();
        spec.ports().values().forEach(port -> SettingCombinations.checkVisibility(settings, port.visibility()));
    }

    /** Every preview of every account that isn't closed, by id; no API call. Readable also without credentials. */
    public List<PreviewRecord> records() {
        return records(PreviewLedger::list);
    }

    /** Every preview that is closed and still remembered, as {@link #records}. */
    public List<PreviewRecord> closedRecords() {
        return records(PreviewLedger::closed);
    }

    private List<PreviewRecord> records(Function<PreviewLedger, List<PreviewRecord>> which) {
        List<List<PreviewRecord>> all = accounts().stream()
                .map(engine -> which.apply(engine.ledger()))
                .filter(records -> !records.isEmpty())
                .toList();
        // A ledger keeps its list sorted.
        return all.size() == 1
                ? all.get(0)
                : all.stream()
                        .flatMap(List::stream)
                        .sorted(Comparator.comparing(record -> record.key().id()))
                        .toList();
    }

    /** A preview's record; no API call. */
    public Optional<PreviewRecord> record(PreviewKey key) {
        return engines().of(key).flatMap(engine -> engine.ledger().get(key));
    }

    /**
     * A preview's record as a job may know it: of its own account; no API call.
     *
     * @throws PreviewException with a sentence when the preview is open in another account
     */
    public Optional<PreviewRecord> record(PreviewKey key, Item job) {
        return engine(key, job).ledger().get(key);
    }

    /** The account whose ledger holds just this record; empty if it was forgotten. */
    public Optional<Account> accountOf(PreviewRecord record) {
        return accounts().stream()
                .filter(engine -> engine.ledger()
                        .get(record.key())
                        .filter(known -> Objects.equals(known.createdAt(), record.createdAt()))
                        .isPresent())
                .map(AccountEngine::account)
                .findFirst();
    }

    /** The record of the preview with this {@link PreviewKey#id()}; no API call. */
    public Optional<PreviewRecord> recordById(String id) {
        return accounts().stream()
                .flatMap(engine -> engine.ledger().byId(id).stream())
                .min(Comparator.comparing(record -> record.state() == PreviewState.CLOSED));
    }

    /** Grows whenever a record or the configuration changes, also over restarts; for ETags. */
    public long version() {
        return generation.get()
                + accounts().stream()
                        .mapToLong(engine -> engine.ledger().version())
                        .sum();
    }

    /** The account whose machines a preview uses, or will use. */
    public Account account(PreviewKey key, Item context) {
        return known(key, context).map(AccountEngine::account).orElseGet(() -> Account.of(context));
    }

    /** Notes on the account's credentials that a build used them. */
    public void trackCredentials(PreviewKey key, Run<?, ?> run) {
        ApiCredentials.track(run, account(key, run.getParent()));
    }

    /**
     * The address that people are given for an exposed port: the preview host's if a public address is configured, else
     * Dedalus'. With access by Jenkins it is never Dedalus'.
     *
     * @return null while there is none
     */
    public String publicUrl(ExposedPort port) {
        String pattern = DedalusGlobalConfiguration.get().getPublicUrl();
        if (pattern == null || port.url() == null) {
            return port.url();
        }
        return HostPattern.parse(pattern).url(port.label()).toString();
    }

    /** The host label that a new preview gets, as the public address names hosts. */
    public String hostLabel(PreviewKey key) {
        String pattern = DedalusGlobalConfiguration.get().getPublicUrl();
        return pattern == null ? key.id() : HostPattern.parse(pattern).label(key.id(), key.changeId());
    }

    /** The address that people are given for a preview's main port; null while there is none. */
    public String publicUrl(PreviewRecord record) {
        return record.mainPort() == null ? null : publicUrl(record.mainPort());
    }

    /**
     * Brings the ledgers of all accounts and Dedalus together once. One account's failure is a problem in the report and
     * leaves the others alone. Machines that another account's ledger owns don't count as unknown.
     */
    public CompletableFuture<ReconcileReport> reconcile() {
        return Reconciliation.run(accounts());
    }

    /** Sentences about what is wrong with the ledgers' files and with accounts that others stand in for. */
    public List<String> problems() {
        try {
            return accounts().stream().flatMap(AccountEngine::problems).toList();
        } catch (PreviewsUnavailableException e) {
            return List.of(e.getMessage());
        }
    }
}
