package io.jenkins.plugins.dedalus.scm;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import hudson.model.ItemGroup;
import hudson.model.Job;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.config.Account;
import io.jenkins.plugins.dedalus.config.DedalusFolderProperty;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.util.Optional;
import jenkins.branch.MultiBranchProject;
import jenkins.model.Jenkins;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMSource;
import jenkins.scm.api.mixin.ChangeRequestSCMHead;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Which jobs may use which preview. Decided by account and job: the repository that a step names proves nothing. An open
 * preview is for its linked job, for jobs of the same multibranch project (but not for those of forks), and for jobs that a
 * folder around the linked job names; always within one account. Sentences name no job but the one that asks.
 */
@Restricted(NoExternalUse.class)
public final class PreviewUse {
    private PreviewUse() {}

    /**
     * Lets a job use a preview that is there, or was.
     *
     * @throws PreviewException with a sentence if it may not
     */
    public static void check(PreviewKey key, Job<?, ?> job) {
        check(key, job, PreviewJobs.get().link(key), false);
    }

    /**
     * Lets a job ask for a preview, which may be a new one.
     *
     * @throws PreviewException with a sentence if it may not
     */
    public static void checkAsking(PreviewKey key, Job<?, ?> job) {
        checkAsking(key, job, PreviewJobs.get().link(key));
    }

    static void checkAsking(PreviewKey key, Job<?, ?> job, Optional<PreviewLink> link) {
        check(key, job, link, true);
    }

    private static void check(PreviewKey key, Job<?, ?> job, Optional<PreviewLink> link, boolean asks) {
        Optional<PreviewRecord> record = PreviewEngines.get().record(key, job);
        // A closed preview binds nobody, but only who may use it hears of it.
        boolean held = record.filter(known -> !asks || known.state() != PreviewState.CLOSED)
                .isPresent();
        if ((held || isClaimed(link, job)) && !may(key, job, link)) {
            throw new PreviewException(Messages.PreviewUse_refused(key.id(), job.getFullName()));
        }
    }

    /** Whether a job may use what a key names now, also if that is nothing yet. */
    public static boolean isFree(PreviewKey key, Job<?, ?> job) {
        try {
            check(key, job);
            return true;
        } catch (PreviewException e) {
            return false;
        }
    }

    /** A running build that asked has a claim, even while its preview is still to come. */
    private static boolean isClaimed(Optional<PreviewLink> link, Job<?, ?> job) {
        return link.filter(known -> !known.job().equals(job.getFullName()))
                .flatMap(known -> PreviewJobs.job(known).map(other -> other.getBuildByNumber(known.build())))
                .filter(Run::isBuilding)
                .isPresent();
    }

    private static boolean may(PreviewKey key, Job<?, ?> job, Optional<PreviewLink> link) {
        Account own = Account.of(job);
        Account account = PreviewEngines.get().account(key, job);
        if (link.isEmpty()) {
            return account.isOfSameOwner(own) && isNamedAfter(key, job);
        }
        if (isLinked(link.get(), job)) {
            return account.covers(job);
        }
        if (isOfFork(job)) {
            return false;
        }
        if (isOfProject(link.get(), job)) {
            // A project that was made anew under the name of a deleted one needs the account, not just the name.
            return link.get().gone() ? account.isOfSameOwner(own) : account.covers(job);
        }
        return account.isOfSameOwner(own) && isListed(link.get(), job);
    }

    /** Whether it is the preview's job. */
    static boolean isLinked(PreviewLink link, Job<?, ?> job) {
        return !link.gone() && link.job().equals(job.getFullName());
    }

    /** Whether a job is in the multibranch project that the preview's job is, or was, in. */
    static boolean isOfProject(PreviewLink link, Job<?, ?> job) {
        return job.getParent() instanceof MultiBranchProject<?, ?> project
                && project.getFullName().equals(link.owner());
    }

    private static boolean isOfFork(Job<?, ?> job) {
        SCMHead head = SCMHead.HeadByItem.findHead(job);
        return head != null && ChangeFinder.isFork(head);
    }

    private static boolean isListed(PreviewLink link, Job<?, ?> job) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            ItemGroup<?> holder = Jenkins.get().getItemByFullName(link.owner(), AbstractFolder.class);
            return DedalusFolderProperty.allows(holder, job);
        }
    }

    /** Where the note of a preview's job was lost: whether a job of the account is what the preview is named after. */
    private static boolean isNamedAfter(PreviewKey key, Job<?, ?> job) {
        SCMHead head = SCMHead.HeadByItem.findHead(job);
        SCMSource source = SCMSource.SourceByItem.findSource(job);
        if (head == null || source == null) {
            return key.repository()
                    .equals(PreviewKey.normaliseRepository(PreviewJobs.NAMED_BY_JOB + job.getFullName()));
        }
        boolean repository =
                job.getParent() instanceof MultiBranchProject<?, ?> project && ChangeSources.isOf(key, project, source);
        boolean change = head instanceof ChangeRequestSCMHead request
                ? request.getId().equals(key.changeId())
                : !ChangeFinder.isFork(head);
        return repository && change;
    }
}
