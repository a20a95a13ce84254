package io.jenkins.plugins.dedalus.build;

import hudson.Extension;
import hudson.model.Action;
import hudson.model.InvisibleAction;
import hudson.model.Job;
import io.jenkins.plugins.dedalus.accounts.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.view.PreviewRow;
import io.jenkins.plugins.dedalus.view.ReadAccess;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import jenkins.model.TransientActionFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.Stapler;

/** A job's previews on its page, their state read as the page is made. */
@Restricted(NoExternalUse.class)
public final class PreviewCard extends InvisibleAction {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Job<?, ?> job;

    private PreviewCard(Job<?, ?> job) {
        this.job = job;
    }

    /** The job's previews that the user may see. */
    public List<PreviewRow> getRows() {
        try {
            return PreviewJobs.recordsOf(job).stream()
                    .filter(ReadAccess::maySee)
                    .map(record -> PreviewRow.of(record, PATIENCE))
                    .toList();
        } catch (PreviewsUnavailableException e) {
            return List.of();
        }
    }

    /** Jenkins' root for links in pages: the context path with a slash. */
    static String rootPath() {
        var req = Stapler.getCurrentRequest2();
        return (req == null ? "" : req.getContextPath()) + "/";
    }

    /** Puts the card on every job that has a preview. */
    @Extension
    public static final class Factory extends TransientActionFactory<Job> {
        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @Override
        public Class<? extends Action> actionType() {
            return PreviewCard.class;
        }

        @Override
        public Collection<? extends Action> createFor(Job target) {
            // Asked very often: a look at a map, no ledger, no API.
            return PreviewJobs.get().of((Job<?, ?>) target).isEmpty()
                    ? List.of()
                    : List.of(new PreviewCard((Job<?, ?>) target));
        }
    }
}
