package io.jenkins.plugins.dedalus.github;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import hudson.model.Item;
import hudson.model.Run;
import hudson.util.Secret;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.scm.ChangeDetails;
import io.jenkins.plugins.dedalus.scm.FetchToken;
import java.util.List;
import jenkins.plugins.git.AbstractGitSCMSource;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMRevision;
import jenkins.scm.api.SCMSource;
import org.jenkinsci.plugins.github_branch_source.Connector;
import org.jenkinsci.plugins.github_branch_source.GitHubAppCredentials;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.github_branch_source.HttpsRepositoryUriResolver;
import org.jenkinsci.plugins.github_branch_source.PullRequestSCMHead;
import org.jenkinsci.plugins.github_branch_source.PullRequestSCMRevision;
import org.jenkinsci.plugins.github_branch_source.app_credentials.AccessSpecifiedRepositories;
import org.jenkinsci.plugins.github_branch_source.app_credentials.DefaultPermissionsStrategy;
import org.jenkinsci.plugins.variant.OptionalExtension;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What GitHub's branch source tells of pull requests, and tokens of its credentials that may do no more than a fetch needs. */
@OptionalExtension(requirePlugins = "github-branch-source")
@Restricted(NoExternalUse.class)
public final class GitHubChangeDetails implements ChangeDetails {
    @Override
    public boolean isOf(SCMSource source) {
        return source instanceof GitHubSCMSource;
    }

    @Override
    public String cloneUrl(SCMSource source) {
        GitHubSCMSource github = (GitHubSCMSource) source;
        return new HttpsRepositoryUriResolver()
                .getRepositoryUri(github.getApiUri(), github.getRepoOwner(), github.getRepository());
    }

    @Override
    public String ref(SCMHead head) {
        return head instanceof PullRequestSCMHead pull ? "refs/pull/" + pull.getNumber() + "/head" : null;
    }

    @Override
    public String branch(SCMHead head) {
        return head instanceof PullRequestSCMHead pull ? pull.getSourceBranch() : head.getName();
    }

    @Override
    public String commit(SCMRevision revision) {
        if (revision instanceof PullRequestSCMRevision pull) {
            return pull.getPullHash();
        }
        return revision instanceof AbstractGitSCMSource.SCMRevisionImpl branch ? branch.getHash() : null;
    }

    @Override
    public FetchToken fetchToken(Run<?, ?> run, SCMSource source) {
        GitHubSCMSource github = (GitHubSCMSource) source;
        if (github.getCredentialsId() == null) {
            return null;
        }
        StandardCredentials found = Connector.lookupScanCredentials(
                (Item) run.getParent(), github.getApiUri(), github.getCredentialsId(), github.getRepoOwner());
        FetchToken token = found instanceof GitHubAppCredentials app
                ? FetchToken.ofApp(narrowed(run, github, app), github.getApiUri())
                : FetchToken.lasting(github.getCredentialsId(), found);
        CredentialsProvider.track(run, found);
        return token;
    }

    /** A token of the app that reads the contents of this one repository, whatever else the app may do. */
    private static Secret narrowed(Run<?, ?> run, GitHubSCMSource source, GitHubAppCredentials app) {
        if (app.getRepositoryAccessStrategy() instanceof AccessSpecifiedRepositories allowed) {
            boolean named = allowed.getRepositories().isEmpty()
                    || allowed.getRepositories().contains(source.getRepository());
            boolean owned = allowed.getOwner() == null || allowed.getOwner().equalsIgnoreCase(source.getRepoOwner());
            if (!named || !owned) {
                throw new PreviewException(Messages.GitHubChangeDetails_notAllowed(
                        app.getId(), source.getRepoOwner(), source.getRepository()));
            }
        }
        GitHubAppCredentials copy = new GitHubAppCredentials(
                app.getScope(), app.getId(), app.getDescription(), app.getAppID(), app.getPrivateKey());
        copy.setApiUri(app.getApiUri());
        copy.setRepositoryAccessStrategy(
                new AccessSpecifiedRepositories(source.getRepoOwner(), List.of(source.getRepository())));
        copy.setDefaultPermissionsStrategy(DefaultPermissionsStrategy.CONTENTS_READ);
        try {
            return ((GitHubAppCredentials) copy.forRun(run)).getPassword();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new PreviewException(Messages.GitHubChangeDetails_refused(app.getId(), e.getMessage()), e);
        }
    }
}
