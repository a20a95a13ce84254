package io.jenkins.plugins.dedalus.scm;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import hudson.model.Item;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.util.Secret;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import java.util.List;
import jenkins.plugins.git.AbstractGitSCMSource;
import jenkins.scm.api.SCMSource;
import org.jenkinsci.plugins.github_branch_source.Connector;
import org.jenkinsci.plugins.github_branch_source.GitHubAppCredentials;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.github_branch_source.app_credentials.AccessSpecifiedRepositories;
import org.jenkinsci.plugins.github_branch_source.app_credentials.DefaultPermissionsStrategy;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The token that fetches a build's code: of the branch source's own credentials, and no more of it than a fetch needs where
 * they can be narrowed.
 */
@Restricted(NoExternalUse.class)
public final class GitToken {
    private GitToken() {}

    /**
     * A token for a machine to fetch with. May ask GitHub for one: not for threads that must not wait.
     *
     * @return null if the branch source has no credentials: the repository is public, or the fetch will say so
     * @throws PreviewException with a sentence if its credentials can't become a token
     */
    public static FetchToken of(Run<?, ?> run) {
        SCMSource source = SCMSource.SourceByItem.findSource(run.getParent());
        if (source instanceof GitHubSCMSource github) {
            return ofGitHub(run, github);
        }
        String id = source instanceof AbstractGitSCMSource git ? git.getCredentialsId() : null;
        if (id == null) {
            return null;
        }
        StandardCredentials found = find(id, ChangeFinder.gitUrl(source), run.getParent());
        Secret token = password(id, found);
        CredentialsProvider.track(run, found);
        return FetchToken.lasting(token);
    }

    private static FetchToken ofGitHub(Run<?, ?> run, GitHubSCMSource source) {
        if (source.getCredentialsId() == null) {
            return null;
        }
        StandardCredentials found = Connector.lookupScanCredentials(
                (Item) run.getParent(), source.getApiUri(), source.getCredentialsId(), source.getRepoOwner());
        FetchToken token = found instanceof GitHubAppCredentials app
                ? FetchToken.ofApp(narrowed(run, source, app), source.getApiUri())
                : FetchToken.lasting(password(source.getCredentialsId(), found));
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
                throw new PreviewException(
                        Messages.GitToken_notAllowed(app.getId(), source.getRepoOwner(), source.getRepository()));
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
            throw new PreviewException(Messages.GitToken_refused(app.getId(), e.getMessage()), e);
        }
    }

    private static StandardCredentials find(String id, String url, Item context) {
        return CredentialsMatchers.firstOrNull(
                CredentialsProvider.lookupCredentialsInItem(
                        StandardCredentials.class,
                        context,
                        ACL.SYSTEM2,
                        URIRequirementBuilder.fromUri(url).build()),
                CredentialsMatchers.withId(id));
    }

    private static Secret password(String id, StandardCredentials found) {
        if (found instanceof StandardUsernamePasswordCredentials pair) {
            return pair.getPassword();
        }
        throw new PreviewException(found == null ? Messages.GitToken_missing(id) : Messages.GitToken_noToken(id));
    }
}
