package io.jenkins.plugins.dedalus.scm;

import hudson.model.Actionable;
import hudson.model.Job;
import hudson.model.Run;
import hudson.plugins.git.Revision;
import hudson.plugins.git.util.BuildData;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import java.util.Optional;
import jenkins.branch.MultiBranchProject;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMHeadOrigin;
import jenkins.scm.api.SCMRevision;
import jenkins.scm.api.SCMRevisionAction;
import jenkins.scm.api.SCMSource;
import jenkins.scm.api.metadata.ObjectMetadataAction;
import jenkins.scm.api.mixin.ChangeRequestSCMHead;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Finds the change request that a build is for, from what its branch source left on the job and the build. Asks no server.
 * Works with any branch source, better where there are {@link ChangeDetails} of its kind.
 */
@Restricted(NoExternalUse.class)
public final class ChangeFinder {
    private ChangeFinder() {}

    /** What is known about a build's code; fields that nothing is known about are null. */
    public static FoundChange of(Run<?, ?> run) {
        Job<?, ?> job = run.getParent();
        SCMHead head = SCMHead.HeadByItem.findHead(job);
        SCMSource source = SCMSource.SourceByItem.findSource(job);
        if (head == null || source == null) {
            return withoutBranchSource(run);
        }
        ChangeDetails details = ChangeDetails.of(source);
        SCMRevision revision = SCMRevisionAction.getRevision(source, run);
        String commit = revision == null ? null : details.commit(revision);
        String gitUrl = details.cloneUrl(source);
        if (head instanceof ChangeRequestSCMHead change) {
            ChangeContext context = new ChangeContext(
                    change.getId(),
                    details.branch(head),
                    objectUrl(job).orElse(null),
                    gitUrl,
                    commit,
                    change.getTarget().getName(),
                    isFork(head));
            return new FoundChange(repository(job.getParent(), source), context, head.getName(), details.ref(head));
        }
        ChangeContext context = new ChangeContext(
                null, head.getName(), objectUrl(job).orElse(null), gitUrl, commit, null, isFork(head));
        return new FoundChange(
                repository(job.getParent(), source), context, head.getName(), "refs/heads/" + head.getName());
    }

    private static FoundChange withoutBranchSource(Run<?, ?> run) {
        BuildData checkedOut = run.getAction(BuildData.class);
        String url = null;
        String commit = null;
        Revision revision = checkedOut == null ? null : checkedOut.getLastBuiltRevision();
        if (revision != null) {
            commit = revision.getSha1String();
            url = checkedOut.getRemoteUrls().stream().findFirst().orElse(null);
        }
        return new FoundChange(null, new ChangeContext(null, null, null, url, commit, null, false), null, null);
    }

    /** Whether the code of a build's head comes from somebody else's repository. */
    static boolean isFork(SCMHead head) {
        SCMHeadOrigin origin = head.getOrigin();
        // Sources that don't know say "default"; anything else is not the base repository.
        return !SCMHeadOrigin.DEFAULT.equals(origin);
    }

    /** What names the repository best: its clone URL, its page, or at least the source itself. */
    static String repository(Object project, SCMSource source) {
        String url = ChangeDetails.of(source).cloneUrl(source);
        if (url != null) {
            return url;
        }
        boolean only = project instanceof MultiBranchProject<?, ?> multi
                && multi.getSCMSources().size() == 1;
        Optional<String> page = only ? objectUrl((Actionable) project) : Optional.empty();
        return page.orElse("scm-source/" + source.getId());
    }

    private static Optional<String> objectUrl(Actionable of) {
        return Optional.ofNullable(of.getAction(ObjectMetadataAction.class)).map(ObjectMetadataAction::getObjectUrl);
    }
}
