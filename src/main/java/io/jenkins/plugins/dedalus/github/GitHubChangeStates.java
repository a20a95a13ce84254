package io.jenkins.plugins.dedalus.github;

import com.cloudbees.plugins.credentials.common.StandardCredentials;
import hudson.Extension;
import hudson.model.Item;
import io.jenkins.plugins.dedalus.gc.ChangeStates;
import java.io.IOException;
import java.util.Optional;
import jenkins.scm.api.SCMSource;
import org.jenkinsci.plugins.github_branch_source.Connector;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.kohsuke.github.GHFileNotFoundException;
import org.kohsuke.github.GHIssueState;
import org.kohsuke.github.GitHub;

/** Asks GitHub about a pull request, as the branch source does: with its credentials, through its connection. */
@Extension
public class GitHubChangeStates implements ChangeStates {
    @Override
    public boolean knows(SCMSource source) {
        return source instanceof GitHubSCMSource;
    }

    @Override
    public Optional<Boolean> closed(SCMSource source, String changeId) throws IOException {
        if (!(source instanceof GitHubSCMSource github) || !changeId.matches("\\d{1,9}")) {
            return Optional.empty();
        }
        StandardCredentials credentials = Connector.lookupScanCredentials(
                (Item) github.getOwner(), github.getApiUri(), github.getCredentialsId(), github.getRepoOwner());
        GitHub hub = Connector.connect(github.getApiUri(), credentials);
        try {
            GHIssueState state = hub.getRepository(github.getRepoOwner() + "/" + github.getRepository())
                    .getPullRequest(Integer.parseInt(changeId))
                    .getState();
            return Optional.of(state == GHIssueState.CLOSED);
        } catch (GHFileNotFoundException e) {
            // No such pull request, or none that these credentials may see: that says nothing about closing.
            return Optional.empty();
        } finally {
            Connector.release(hub);
        }
    }
}
