package io.jenkins.plugins.dedalus.github.command;

import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.github.GitHubSurface;
import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import io.jenkins.plugins.dedalus.github.api.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jenkins.branch.MultiBranchProject;
import jenkins.scm.api.SCMSourceOwners;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.github_branch_source.RepositoryUriResolver;

/** The multibranch projects of this Jenkins that have a GitHub source. */
final class JenkinsOffice implements Office {
    private final GitHubSurface surface;
    private final DueBuilds due = new DueBuilds();

    JenkinsOffice(GitHubSurface surface) {
        this.surface = surface;
    }

    /** Whether any project has the repository that a rumour is about. Asks nobody. */
    static boolean knows(Rumour rumour) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return projects().anyMatch(project -> source(project, rumour).isPresent());
        }
    }

    @Override
    public List<Counter> counters(Rumour rumour) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            List<Counter> counters = new ArrayList<>();
            projects().forEach(project -> source(project, rumour)
                    .flatMap(source -> counter(project, source, rumour))
                    .ifPresent(counters::add));
            return counters;
        }
    }

    private Optional<Counter> counter(MultiBranchProject<?, ?> project, GitHubSCMSource source, Rumour rumour) {
        Optional<GitHubLogin> login = Sources.login(source);
        Optional<GitHubAddress> address = Sources.address(source, rumour.number());
        return login.isEmpty() || address.isEmpty()
                ? Optional.empty()
                : Optional.of(new JenkinsCounter(surface, project, source, login.get(), address.get(), due));
    }

    private static Stream<MultiBranchProject<?, ?>> projects() {
        List<MultiBranchProject<?, ?>> projects = new ArrayList<>();
        SCMSourceOwners.all().forEach(owner -> {
            if (owner instanceof MultiBranchProject<?, ?> project) {
                projects.add(project);
            }
        });
        return projects.stream();
    }

    private static Optional<GitHubSCMSource> source(MultiBranchProject<?, ?> project, Rumour rumour) {
        return project.getSCMSources().stream()
                .filter(GitHubSCMSource.class::isInstance)
                .map(GitHubSCMSource.class::cast)
                .filter(source -> rumour.isOf(
                        RepositoryUriResolver.hostnameFromApiUri(source.getApiUri()),
                        source.getRepoOwner(),
                        source.getRepository()))
                .findFirst();
    }
}
