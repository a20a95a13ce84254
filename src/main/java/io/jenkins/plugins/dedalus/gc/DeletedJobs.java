package io.jenkins.plugins.dedalus.gc;

import hudson.Extension;
import hudson.model.Executor;
import hudson.model.Item;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.springframework.security.core.Authentication;

/** Notices deleted jobs. A person who deletes a job means it; an orphan clean-up may be wrong. */
@Extension
@Restricted(NoExternalUse.class)
public class DeletedJobs extends ItemListener {
    @Override
    public void onDeleted(Item item) {
        for (PreviewLink link : PreviewJobs.get().deleted(item.getFullName())) {
            if (byPerson()) {
                Closings.confirmed(
                        link.key(),
                        Messages.DeletedJobs_person(Jenkins.getAuthentication2().getName(), item.getFullName()));
            } else {
                Closings.suspected(link, Messages.DeletedJobs_system(item.getFullName()), false);
            }
        }
    }

    /** Scans and clean-ups run on executors, or as the system. */
    private static boolean byPerson() {
        Authentication who = Jenkins.getAuthentication2();
        return Executor.currentExecutor() == null && !ACL.SYSTEM2.equals(who);
    }
}
