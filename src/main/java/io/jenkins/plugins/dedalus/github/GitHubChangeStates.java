package io.jenkins.plugins.dedalus.github;

import com.cloudbees.plugins.credentials.common.StandardCredentials;
import hudson.model.Item;
import hudson.util.LogTaskListener;
import io.jenkins.plugins.dedalus.gc.ChangeStates;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.scm.api.SCMSource;
import org.jenkinsci.plugins.github_branch_source.ApiRateLimitChecker;
import org.jenkinsci.plugins.github_branch_source.Connector;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.variant.OptionalExtension;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.github.GHDirection;
import org.kohsuke.github.GHFileNotFoundException;
import org.kohsuke.github.GHIssueState;
import org.kohsuke.github.GHPullRequest;
import org.kohsuke.github.GHPullRequestQueryBuilder;
import org.kohsuke.github.GHRepository;
import org.kohsuke.github.GitHub;

/**
 * Asks GitHub about pull requests, as the branch source does: with its credentials, through its connection, and as often as
 * Jenkins lets its API be used. Several of a repository are looked for in its lists, a hundred a call; what isn't found there
 * is asked for one by one.
 */
@OptionalExtension(requirePlugins = "github-branch-source")
@Restricted(NoExternalUse.class)
public class GitHubChangeStates implements ChangeStates {
    private static final Logger LOGGER = Logger.getLogger(GitHubChangeStates.class.getName());
    private static final int PER_CALL = 100;
    /** So few are asked for one by one: a list may be long. */
    private static final int FEW = 2;

    @Override
    public boolean knows(SCMSource source) {
        return source instanceof GitHubSCMSource;
    }

    @Override
    public String server(SCMSource source) {
        return ((GitHubSCMSource) source).getApiUri();
    }

    @Override
    public Map<String, Boolean> closed(SCMSource source, Set<String> changeIds) throws IOException {
        Map<String, Boolean> closed = new HashMap<>();
        Set<Integer> wanted = numbers(changeIds);
        if (!(source instanceof GitHubSCMSource github) || wanted.isEmpty()) {
            return closed;
        }
        StandardCredentials credentials = Connector.lookupScanCredentials(
                (Item) github.getOwner(), github.getApiUri(), github.getCredentialsId(), github.getRepoOwner());
        GitHub hub = Connector.connect(github.getApiUri(), credentials);
        try {
            // How often may differ by server, and this thread may have asked another one before.
            ApiRateLimitChecker.configureThreadLocalChecker(new LogTaskListener(LOGGER, Level.FINE), hub);
            GHRepository repository = hub.getRepository(github.getRepoOwner() + "/" + github.getRepository());
            find(repository, wanted).forEach((number, state) -> closed.put(number.toString(), state));
            return closed;
        } catch (GHFileNotFoundException e) {
            LOGGER.log(
                    Level.FINE, "No such repository, or none that these credentials may see: that closes nothing.", e);
            return closed;
        } finally {
            Connector.release(hub);
        }
    }

    private static Set<Integer> numbers(Set<String> changeIds) {
        Set<Integer> numbers = new TreeSet<>();
        changeIds.stream()
                .filter(id -> id.matches("[1-9]\\d{0,8}"))
                .map(Integer::valueOf)
                .forEach(numbers::add);
        return numbers;
    }

    private static Map<Integer, Boolean> find(GHRepository repository, Set<Integer> wanted) throws IOException {
        Map<Integer, Boolean> found = new HashMap<>();
        Set<Integer> missing = new HashSet<>(wanted);
        look(repository.queryPullRequests().state(GHIssueState.OPEN), false, missing, found);
        // Those that were closed just now are in question most of all.
        look(
                repository
                        .queryPullRequests()
                        .state(GHIssueState.CLOSED)
                        .sort(GHPullRequestQueryBuilder.Sort.UPDATED)
                        .direction(GHDirection.DESC),
                true,
                missing,
                found);
        for (Integer number : missing) {
            try {
                found.put(number, repository.getPullRequest(number).getState() == GHIssueState.CLOSED);
            } catch (GHFileNotFoundException e) {
                LOGGER.log(Level.FINE, e, () -> "There is no pull request " + number + ": that closes nothing.");
            }
        }
        return found;
    }

    /** Looks through a list as long as that takes fewer calls than to ask for what is missing one by one. */
    private static void look(
            GHPullRequestQueryBuilder query, boolean closed, Set<Integer> missing, Map<Integer, Boolean> found) {
        int seen = 0;
        if (missing.size() <= FEW) {
            return;
        }
        for (GHPullRequest pull : query.list().withPageSize(PER_CALL)) {
            seen++;
            if (missing.remove(pull.getNumber())) {
                found.put(pull.getNumber(), closed);
            }
            boolean turned = seen % PER_CALL == 0;
            if (missing.isEmpty() || turned && (missing.size() <= FEW || seen / PER_CALL >= missing.size())) {
                return;
            }
        }
    }
}
