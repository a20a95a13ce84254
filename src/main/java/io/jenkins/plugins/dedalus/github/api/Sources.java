package io.jenkins.plugins.dedalus.github.api;

import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.model.Item;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.jenkinsci.plugins.github_branch_source.Connector;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What a project's branch source says about GitHub: where it is, and with which credentials. */
@Restricted(NoExternalUse.class)
public final class Sources {
    private Sources() {}

    /** The source's credentials; empty without any, or with such that can't speak to the API. */
    public static Optional<GitHubLogin> login(GitHubSCMSource source) {
        StandardCredentials found = Connector.lookupScanCredentials(
                (Item) source.getOwner(), source.getApiUri(), source.getCredentialsId(), source.getRepoOwner());
        return found instanceof StandardUsernamePasswordCredentials pair
                ? Optional.of(new SourceLogin(pair))
                : Optional.empty();
    }

    /** A pull request by the source's API; empty if that has no address, or the number is none. */
    public static Optional<GitHubAddress> address(GitHubSCMSource source, String number) {
        HttpUrl api = HttpUrl.parse(source.getApiUri());
        return api == null || !number.matches("\\d{1,9}")
                ? Optional.empty()
                : Optional.of(new GitHubAddress(api, source.getRepoOwner(), source.getRepository(), number));
    }
}
