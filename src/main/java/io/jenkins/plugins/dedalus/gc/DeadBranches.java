package io.jenkins.plugins.dedalus.gc;

import hudson.Extension;
import hudson.XmlFile;
import hudson.model.Job;
import hudson.model.Saveable;
import hudson.model.listeners.SaveableListener;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import java.util.List;
import jenkins.branch.Branch;
import jenkins.branch.BranchProjectFactory;
import jenkins.branch.MultiBranchProject;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Notices branches that a multibranch project takes for dead. It does so for closed change requests, and as well after an
 * empty listing or a changed trait: so their machines sleep, no more. A branch that lives again takes that back.
 */
@Extension
@Restricted(NoExternalUse.class)
public class DeadBranches extends SaveableListener {
    @Override
    public void onChange(Saveable saved, XmlFile file) {
        if (saved instanceof Job<?, ?> job && job.getParent() instanceof MultiBranchProject<?, ?>) {
            List<PreviewLink> links = PreviewJobs.get().of(job);
            if (links.isEmpty()) {
                return;
            }
            if (isDead(job)) {
                links.forEach(link -> Closings.suspected(link, Messages.DeadBranches_dead(job.getFullName()), false));
            } else {
                links.forEach(Closings::alive);
            }
        }
    }

    /** Whether a preview's job exists, and its branch is not dead. */
    static boolean isAlive(PreviewLink link) {
        return PreviewJobs.job(link).filter(job -> !isDead(job)).isPresent();
    }

    /** Whether a job's branch is dead. */
    static boolean isDead(Job<?, ?> job) {
        if (!(job.getParent() instanceof MultiBranchProject<?, ?> project)) {
            return false;
        }
        BranchProjectFactory<?, ?> factory = project.getProjectFactory();
        return factory.isProject(job) && branch(factory, job) instanceof Branch.Dead;
    }

    @SuppressWarnings("unchecked")
    private static <P extends Job<P, R> & hudson.model.TopLevelItem, R extends hudson.model.Run<P, R>> Branch branch(
            BranchProjectFactory<?, ?> factory, Job<?, ?> job) {
        BranchProjectFactory<P, R> typed = (BranchProjectFactory<P, R>) factory;
        return typed.getBranch(typed.asProject(job));
    }
}
