package io.jenkins.plugins.dedalus.dashboard;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Computer;
import hudson.model.Job;
import io.jenkins.plugins.dedalus.config.PreviewService;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.SleepOutcome;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn;

/** What the buttons do. Permissions are the caller's business; nothing here waits. */
final class Actions {
    private Actions() {}

    /** Wakes through the gate that everybody's wakes go through. */
    static CompletableFuture<String> wake(PreviewRecord record) {
        return begin(record, Messages.Actions_wake(), () -> PreviewService.get()
                .lifecycle(record.key())
                .wake(record.key())
                .thenApply(awake -> Messages.Actions_awake()));
    }

    static CompletableFuture<String> sleep(PreviewRecord record) {
        return begin(record, Messages.Actions_sleep(), () -> PreviewService.get()
                .lifecycle(record.key())
                .sleep(record.key())
                .thenApply(SleepOutcome::sentence));
    }

    /** Builds its job again: the pipeline knows what the preview is made of. */
    static CompletableFuture<String> rebuild(PreviewRecord record) {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        ActionBoard.get().note(record.key(), Messages.Actions_rebuild(), outcome);
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

    /** Deletes machine and data at once, because a person said so. */
    static CompletableFuture<String> teardown(PreviewRecord record) {
        String who = Jenkins.getAuthentication2().getName();
        return begin(record, Messages.Actions_teardown(), () -> PreviewService.get()
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
        return begin(record, Messages.Actions_adopt(), () -> PreviewService.get()
                .lifecycle(record.key())
                .resolveCreation(record.key(), machineId)
                .thenApply(answered ->
                        machineId == null ? Messages.Actions_adoptedNone() : Messages.Actions_adopted(machineId)));
    }

    /** On another thread: that of the request must not wait for the account's credentials. */
    private static CompletableFuture<String> begin(
            PreviewRecord record, String what, Supplier<CompletableFuture<String>> work) {
        CompletableFuture<String> outcome = CompletableFuture.supplyAsync(work, Computer.threadPoolForRemoting)
                .thenCompose(done -> done);
        ActionBoard.get().note(record.key(), what, outcome);
        return outcome;
    }
}
