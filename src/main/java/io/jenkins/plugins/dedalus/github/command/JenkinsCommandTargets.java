package io.jenkins.plugins.dedalus.github.command;

import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import io.jenkins.plugins.dedalus.github.api.Sources;
import io.jenkins.plugins.dedalus.github.publish.GitHubSurface;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jenkins.branch.MultiBranchProject;
import jenkins.scm.api.SCMSourceOwners;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.github_branch_source.RepositoryUriResolver;

/** The multibranch projects of this Jenkins that have a GitHub source. */
final class JenkinsCommandTargets implements CommandTargets {
    private final GitHubSurface surface;
    private final DueBuilds due = new DueBuilds();

    JenkinsCommandTargets(GitHubSurface surface) {
        this.surface = surface;
    }

    /** Whether any project has the repository that an event is about. Asks nobody. */
    static boolean knows(UnverifiedEvent event) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return projects().anyMatch(project -> source(project, event).isPresent());
        }
    }

    @Override
    public List<CommandTarget> targets(UnverifiedEvent event) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            List<CommandTarget> targets = new ArrayList<>();
            projects().forEach(project -> source(project, event)
                    .flatMap(source -> target(project, source, event))
                    .ifPresent(targets::add));
            return targets;
        }
    }

    private Optional<CommandTarget> target(
            MultiBranchProject<?, ?> project, GitHubSCMSource source, UnverifiedEvent event) {
        Optional<GitHubLogin> login = Sources.login(source);
        Optional<GitHubAddress> address = Sources.address(source, event.number());
        return login.isEmpty() || address.isEmpty()
                ? Optional.empty()
                : Optional.of(new JenkinsCommandTarget(surface, project, source, login.get(), address.get(), due));
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

    private static Optional<GitHubSCMSource> source(MultiBranchProject<?, ?> project, UnverifiedEvent event) {
        return project.getSCMSources().stream()
                .filter(GitHubSCMSource.class::isInstance)
                .map(GitHubSCMSource.class::cast)
                .filter(source -> event.isOf(
                        RepositoryUriResolver.hostnameFromApiUri(source.getApiUri()),
                        source.getRepoOwner(),
                        source.getRepository()))
                .findFirst();
    }
}
