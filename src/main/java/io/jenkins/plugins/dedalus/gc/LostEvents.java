package io.jenkins.plugins.dedalus.gc;

import hudson.model.Job;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Finds closings whose events never came: webhooks get lost, and Jenkins may have been down. */
final class LostEvents {
    private static final Logger LOGGER = Logger.getLogger(LostEvents.class.getName());

    private LostEvents() {}

    /**
     * Looks at every preview that a job made, and has it asked where it lives. Waits for no server.
     *
     * @return what could not be looked at, a sentence each: it keeps no other one from being looked at
     */
    static List<String> find() {
        List<String> problems = new ArrayList<>();
        for (PreviewLink link : PreviewJobs.get().all()) {
            try {
                look(link);
            } catch (RuntimeException e) {
                LOGGER.log(Level.FINE, e, () -> "Preview " + link.key().id() + " was not looked at.");
                problems.add(Messages.LostEvents_failed(link.key().id(), link.job(), e.getMessage()));
            }
        }
        return problems;
    }

    private static void look(PreviewLink link) {
        Optional<PreviewRecord> record = PreviewEngines.get().record(link.key());
        if (record.isPresent()) {
            look(link, record.get());
        } else if (link.gone()) {
            PreviewJobs.get().forget(link.key());
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
            Closings.ask(link, false);
        }
    }
}
