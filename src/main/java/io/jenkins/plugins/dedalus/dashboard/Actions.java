package io.jenkins.plugins.dedalus.dashboard;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Job;
import io.jenkins.plugins.dedalus.config.PreviewService;
import io.jenkins.plugins.dedalus.preview.PreviewException;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.SleepOutcome;
import io.jenkins.plugins.dedalus.preview.Teardown;
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
        return begin(record, Messages.Actions_rebuild(), () -> {
            Job<?, ?> job = PreviewJobs.jobOf(record)
                    .orElseThrow(() -> new PreviewException(
                            Messages.Actions_noJob(record.key().id())));
            boolean queued = job.isBuildable()
                    && job instanceof ParameterizedJobMixIn.ParameterizedJob
                    && ParameterizedJobMixIn.scheduleBuild2(job, 0, new CauseAction(new Cause.UserIdCause())) != null;
            if (!queued) {
                throw new PreviewException(Messages.Actions_notBuildable(job.getFullDisplayName()));
            }
            return CompletableFuture.completedFuture(Messages.Actions_queued(job.getFullDisplayName()));
        });
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

    private static CompletableFuture<String> begin(
            PreviewRecord record, String what, Supplier<CompletableFuture<String>> work) {
        CompletableFuture<String> outcome;
        try {
            outcome = work.get();
        } catch (PreviewException e) {
            outcome = CompletableFuture.failedFuture(e);
        }
        ActionBoard.get().note(record.key(), what, outcome);
        return outcome;
    }
}
