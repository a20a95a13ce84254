package io.jenkins.plugins.dedalus.dashboard;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Computer;
import hudson.model.Job;
import io.jenkins.plugins.dedalus.accounts.AuditLog;
import io.jenkins.plugins.dedalus.accounts.AuditLog.Deed;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.SleepOutcome;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.view.RecentActions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn;

/** What the buttons do. Permissions are the caller's business; nothing here waits. */
final class Actions {
    private Actions() {}

    /** Wakes through the gate that everybody's wakes go through. */
    static CompletableFuture<String> wake(PreviewRecord record) {
        return begin(record, Deed.WAKE, Messages.Actions_wake(), () -> PreviewEngines.get()
                .lifecycle(record.key())
                .wake(record.key())
                .thenApply(awake -> Messages.Actions_awake()));
    }

    static CompletableFuture<String> sleep(PreviewRecord record) {
        return begin(record, Deed.SLEEP, Messages.Actions_sleep(), () -> PreviewEngines.get()
                .lifecycle(record.key())
                .sleep(record.key())
                .thenApply(SleepOutcome::sentence));
    }

    /** Builds its job again: the pipeline knows what the preview is made of. */
    static CompletableFuture<String> rebuild(PreviewRecord record) {
        AuditLog.record(Deed.BUILD, record.key());
        CompletableFuture<String> outcome = new CompletableFuture<>();
        RecentActions.get().note(record.key(), Messages.Actions_rebuild(), outcome);
        try {
            outcome.complete(queue(record));
        } catch (PreviewException e) {
            outcome.completeExceptionally(e);
        }
        return outcome;
    }

    private static String queue(PreviewRecord record) {
        Job<?, ?> job = PreviewJobs.jobOf(record)
                .orElseThrow(() ->
                        new PreviewException(Messages.Actions_noJob(record.key().id())));
        boolean queued = job.isBuildable()
                && job instanceof ParameterizedJobMixIn.ParameterizedJob
                && ParameterizedJobMixIn.scheduleBuild2(job, 0, new CauseAction(new Cause.UserIdCause())) != null;
        if (!queued) {
            throw new PreviewException(Messages.Actions_notBuildable(job.getFullDisplayName()));
        }
        return Messages.Actions_queued(job.getFullDisplayName());
    }

    /** Keeps it however long nobody looks. */
    static CompletableFuture<String> pin(PreviewRecord record) {
        return begin(record, Deed.PIN, Messages.Actions_pin(), () -> PreviewEngines.get()
                .lifecycle(record.key())
                .lifetimes()
                .pin(record.key(), null)
                .thenApply(pinned -> Messages.Actions_pinned()));
    }

    /** Takes a pin back. */
    static CompletableFuture<String> unpin(PreviewRecord record) {
        return begin(record, Deed.UNPIN, Messages.Actions_unpin(), () -> PreviewEngines.get()
                .lifecycle(record.key())
                .lifetimes()
                .unpin(record.key())
                .thenApply(unpinned -> Messages.Actions_unpinned()));
    }

    /** Moves its end. */
    static CompletableFuture<String> extend(PreviewRecord record, Duration by) {
        return begin(record, Deed.EXTEND, Messages.Actions_extend(), () -> PreviewEngines.get()
                .lifecycle(record.key())
                .lifetimes()
                .extend(record.key(), by)
                .thenApply(extended ->
                        Messages.Actions_extended(extended.lifetime().expiresAt())));
    }

    /** Deletes machine and data at once, because a person said so. */
    static CompletableFuture<String> teardown(PreviewRecord record) {
        String who = Jenkins.getAuthentication2().getName();
        return begin(record, Deed.DELETE, Messages.Actions_teardown(), () -> PreviewEngines.get()
                .lifecycle(record.key())
                .teardown(record.key(), Teardown.now(Messages.Actions_takenDownBy(who)), progress -> {})
                .result()
                .thenApply(last -> Messages.Actions_gone()));
    }

    /**
     * Answers which machine an unanswered create made.
     *
     * @param machineId null for none
     */
    static CompletableFuture<String> adopt(PreviewRecord record, String machineId) {
        return begin(record, Deed.ADOPT, Messages.Actions_adopt(), () -> PreviewEngines.get()
                .lifecycle(record.key())
                .resolveCreation(record.key(), machineId)
                .thenApply(answered ->
                        machineId == null ? Messages.Actions_adoptedNone() : Messages.Actions_adopted(machineId)));
    }

    /** On another thread: that of the request must not wait for the account's credentials. */
    private static CompletableFuture<String> begin(
            PreviewRecord record, Deed deed, String what, Supplier<CompletableFuture<String>> work) {
        AuditLog.record(deed, record.key());
        CompletableFuture<String> outcome = CompletableFuture.supplyAsync(work, Computer.threadPoolForRemoting)
                .thenCompose(done -> done);
        RecentActions.get().note(record.key(), what, outcome);
        return outcome;
    }
}
