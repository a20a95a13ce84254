package io.jenkins.plugins.dedalus.config;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Item;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.preview.PreviewKey;
import io.jenkins.plugins.dedalus.preview.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.PreviewLifecycle;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ReconcileReport;
import io.jenkins.plugins.dedalus.preview.WakeGate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The engine inside Jenkins: one ledger, lifecycle and wake gate per Dedalus account, made from the configuration. Started
 * once all jobs are loaded, stopped with Jenkins. Whoever asks for a preview's parts names the preview; the account follows
 * from its record, or for a new one from the job. Permissions are the caller's business. Thread-safe.
 */
@Extension
public class PreviewService {
    /** The one of this Jenkins. */
    public static PreviewService get() {
        return ExtensionList.lookupSingleton(PreviewService.class);
    }

    /** Tells the service, if it runs, that settings changed. */
    static void settingsChanged() {
        // Filled in with the engine.
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
        return Optional.of("not built yet");
    }

    /**
     * The lifecycle that looks after a preview: its account's if it is known, else that of the job's account.
     *
     * @param context the job; null for the global account
     * @throws PreviewsUnavailableException with a sentence when that account can't be used now
     */
    public PreviewLifecycle lifecycle(PreviewKey key, Item context) {
        throw new PreviewsUnavailableException("not built yet");
    }

    /** The lifecycle that looks after a known preview, or the global account's. */
    public PreviewLifecycle lifecycle(PreviewKey key) {
        return lifecycle(key, null);
    }

    /** The ledger that holds a known preview, or the global account's; readable also without credentials. */
    public PreviewLedger ledger(PreviewKey key) {
        throw new PreviewsUnavailableException("not built yet");
    }

    /** The wake gate that all wakes of a preview go through: pages', steps', the listener's. */
    public WakeGate wakeGate(PreviewKey key) {
        throw new PreviewsUnavailableException("not built yet");
    }

    /** Every preview of every account, by id; no API call. Readable also without credentials. */
    public List<PreviewRecord> records() {
        return List.of();
    }

    /** A preview's record; no API call. */
    public Optional<PreviewRecord> record(PreviewKey key) {
        return Optional.empty();
    }

    /** The record of the preview with this {@link PreviewKey#id()}; no API call. */
    public Optional<PreviewRecord> recordById(String id) {
        return records().stream().filter(r -> r.key().id().equals(id)).findFirst();
    }

    /** Changes whenever a record or the configuration does; for ETags. */
    public long version() {
        return 0;
    }

    /** The account whose machines a preview uses, or will use. */
    public Account account(PreviewKey key, Item context) {
        return Account.of(context);
    }

    /** Notes on the account's credentials that a build used them. */
    public void trackCredentials(PreviewKey key, Run<?, ?> run) {
        ApiCredentials.track(run, account(key, run.getParent()));
    }

    /**
     * The address that people are given for an exposed port: the preview host's if there is a public address, else Dedalus'.
     *
     * @return null while there is none
     */
    public String publicUrl(PreviewRecord record, String portName) {
        return record.ports().containsKey(portName)
                ? record.ports().get(portName).url()
                : null;
    }

    /** The address that people are given for a preview's main port; null while there is none. */
    public String publicUrl(PreviewRecord record) {
        return record.mainPort() == null
                ? null
                : publicUrl(record, record.mainPort().name());
    }

    /** Brings the ledgers of all accounts and Dedalus together once; one account's failure is a problem in the report. */
    public CompletableFuture<ReconcileReport> reconcile() {
        return CompletableFuture.failedFuture(new PreviewsUnavailableException("not built yet"));
    }
}
