package io.jenkins.plugins.dedalus.view;

import hudson.model.Item;
import hudson.model.Job;
import hudson.security.Permission;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.springframework.security.access.AccessDeniedException;

/**
 * Who may see which preview: whoever may read its job. What has lost its job is the administrators'. All questions are
 * about the user at hand.
 */
@Restricted(NoExternalUse.class)
public final class ReadAccess {
    private ReadAccess() {}

    /** Whether the user may know of this preview. */
    public static boolean maySee(PreviewRecord record) {
        return may(record, Item.READ);
    }

    /** Whether the user has this permission of items on the preview's job. */
    public static boolean may(PreviewRecord record, Permission permission) {
        Optional<Job<?, ?>> job = PreviewJobs.jobOf(record);
        return job.isPresent() ? may(job.get(), permission) : Jenkins.get().hasPermission(Jenkins.ADMINISTER);
    }

    private static boolean may(Job<?, ?> job, Permission permission) {
        if (!job.hasPermission(Item.READ) || !job.hasPermission(permission)) {
            return false;
        }
        try {
            // The path to the job counts too: a folder may hide what a job would show.
            return Jenkins.get().getItemByFullName(job.getFullName(), Job.class) != null;
        } catch (AccessDeniedException e) {
            // Some folder on the way may be discovered, but not read.
            return false;
        }
    }

    /** The preview with this id; empty also if the user may not know of it. */
    public static Optional<PreviewRecord> find(String id) {
        return PreviewEngines.get().recordById(id).filter(ReadAccess::maySee);
    }
}
