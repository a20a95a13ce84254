package io.jenkins.plugins.dedalus.scm;

import hudson.model.Actionable;
import hudson.model.Job;
import hudson.model.Run;
import hudson.plugins.git.Revision;
import hudson.plugins.git.util.BuildData;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jenkins.branch.MultiBranchProject;
import jenkins.plugins.git.AbstractGitSCMSource;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMHeadOrigin;
import jenkins.scm.api.SCMRevision;
import jenkins.scm.api.SCMRevisionAction;
import jenkins.scm.api.SCMSource;
import jenkins.scm.api.metadata.ObjectMetadataAction;
import jenkins.scm.api.mixin.ChangeRequestSCMHead;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.github_branch_source.HttpsRepositoryUriResolver;
import org.jenkinsci.plugins.github_branch_source.PullRequestSCMHead;
import org.jenkinsci.plugins.github_branch_source.PullRequestSCMRevision;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Finds the change request that a build is for, from what its branch source left on the job and the build. Asks no server.
 * Works with any branch source; from GitHub's it learns more.
 */
@Restricted(NoExternalUse.class)
public final class ChangeFinder {
    private static final Pattern FULL_HASH = Pattern.compile("\\b(?:[0-9a-f]{64}|[0-9a-f]{40})\\b");

    private ChangeFinder() {}

    /** What is known about a build's code; fields that nothing is known about are null. */
    public static FoundChange of(Run<?, ?> run) {
        Job<?, ?> job = run.getParent();
        SCMHead head = SCMHead.HeadByItem.findHead(job);
        SCMSource source = SCMSource.SourceByItem.findSource(job);
        if (head == null || source == null) {
            return withoutBranchSource(run);
        }
        String commit = commit(run, source);
        String gitUrl = gitUrl(source);
        if (head instanceof ChangeRequestSCMHead change) {
            ChangeContext context = new ChangeContext(
                    change.getId(),
                    sourceBranch(head),
                    objectUrl(job).orElse(null),
                    gitUrl,
                    commit,
                    change.getTarget().getName(),
                    isFork(head));
            String ref = head instanceof PullRequestSCMHead pull ? "refs/pull/" + pull.getNumber() + "/head" : null;
            return new FoundChange(repository(job.getParent(), source), context, head.getName(), ref);
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

    private static String sourceBranch(SCMHead head) {
        if (head instanceof PullRequestSCMHead pull) {
            return pull.getSourceBranch();
        }
        return head instanceof jenkins.scm.api.mixin.ChangeRequestSCMHead2 two ? two.getOriginName() : head.getName();
    }

    /** The change request's own commit: a merge with the target exists nowhere but in this build's workspace. */
    private static String commit(Run<?, ?> run, SCMSource source) {
        SCMRevision revision = SCMRevisionAction.getRevision(source, run);
        if (revision instanceof PullRequestSCMRevision pull) {
            return pull.getPullHash();
        }
        if (revision instanceof AbstractGitSCMSource.SCMRevisionImpl git) {
            return git.getHash();
        }
        Matcher hash = FULL_HASH.matcher(String.valueOf(revision).toLowerCase(Locale.ROOT));
        return revision != null && hash.find() ? hash.group() : null;
    }

    /** Where the base repository can be cloned; null if the source is none of git. */
    static String gitUrl(SCMSource source) {
        if (source instanceof GitHubSCMSource github) {
            return new HttpsRepositoryUriResolver()
                    .getRepositoryUri(github.getApiUri(), github.getRepoOwner(), github.getRepository());
        }
        return source instanceof AbstractGitSCMSource git ? git.getRemote() : null;
    }

    /** What names the repository best: its clone URL, its page, or at least the source itself. */
    static String repository(Object project, SCMSource source) {
        String url = gitUrl(source);
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
