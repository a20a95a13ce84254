package io.jenkins.plugins.dedalus.gc;

import hudson.model.Job;
import io.jenkins.plugins.dedalus.config.PreviewService;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.PreviewState;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import java.util.Optional;

/** Finds closings whose events never came: webhooks get lost, and Jenkins may have been down. */
final class LostEvents {
    private LostEvents() {}

    /** Looks at every preview that a job made. Asks servers, so it may wait. */
    static void find() {
        PreviewJobs jobs = PreviewJobs.get();
        for (PreviewLink link : jobs.all()) {
            Optional<PreviewRecord> record = PreviewService.get().record(link.key());
            if (record.isPresent()) {
                look(link, record.get());
            } else if (link.gone()) {
                jobs.forget(link.key());
            }
        }
    }

    private static void look(PreviewLink link, PreviewRecord record) {
        if (record.state() == PreviewState.CLOSED) {
            return;
        }
        Optional<Job<?, ?>> job = PreviewJobs.job(link);
        if (job.isEmpty()) {
            PreviewJobs.get().deleted(link.job());
            Closings.unconfirmed(link.key(), Messages.LostEvents_noJob(link.job()));
        } else if (DeadBranches.isDead(job.get())) {
            Closings.unconfirmed(link.key(), Messages.DeadBranches_dead(link.job()));
        }
        if (link.head() != null) {
            Closings.settle(link);
        }
    }
}
