package io.jenkins.plugins.dedalus.github.publish;

import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.github.PreviewsTrait;
import io.jenkins.plugins.dedalus.github.SurfacePart;
import io.jenkins.plugins.dedalus.github.SurfaceSettings;
import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubHttp;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import io.jenkins.plugins.dedalus.github.api.Sources;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import io.jenkins.plugins.dedalus.scm.ChangeSources;
import io.jenkins.plugins.dedalus.scm.ChangeSurface;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import io.jenkins.plugins.dedalus.surface.ChangeFacts;
import io.jenkins.plugins.dedalus.surface.ChangeReader;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import jenkins.branch.MultiBranchProject;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;

/**
 * Takes what should stand on GitHub from the records, and the credentials from the project's branch source: those of the
 * project, so that a closing is told when the pull request's job is gone.
 */
final class JenkinsPublicationState implements PublicationState {
    private final PublishedStateFiles files;
    private final GitHubHttp http;
    private final Answers answers;
    private final PermissionRefusals refusals;
    private final CommandOutcomes notices;
    private final String instance;

    /** @param instance a word of this Jenkins */
    JenkinsPublicationState(
            PublishedStateFiles files,
            GitHubHttp http,
            Answers answers,
            PermissionRefusals refusals,
            CommandOutcomes notices,
            String instance) {
        this.files = files;
        this.http = http;
        this.answers = answers;
        this.refusals = refusals;
        this.notices = notices;
        this.instance = instance;
    }

    @Override
    public Optional<Task> task(ChangeRef change, String named) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Optional<PublishedState> before = files.load(change);
            return owners(change, named, before)
                    .map(name -> Jenkins.get().getItemByFullName(name, MultiBranchProject.class))
                    .filter(Objects::nonNull)
                    .map(project -> (MultiBranchProject<?, ?>) project)
                    .flatMap(project -> source(change, project).stream()
                            .flatMap(source -> task(change, project, source, before).stream()))
                    .findFirst();
        }
    }

    private static Stream<String> owners(ChangeRef change, String named, Optional<PublishedState> before) {
        Stream<String> linked = ChangeReader.links(change).stream().map(PreviewLink::owner);
        Stream<String> said = Stream.ofNullable(named);
        return Stream.concat(Stream.concat(linked, said), before.map(PublishedState::project).stream())
                .filter(name -> !name.isEmpty())
                .distinct();
    }

    private static Optional<GitHubSCMSource> source(ChangeRef change, MultiBranchProject<?, ?> project) {
        PreviewKey key = new PreviewKey(change.repository(), change.changeId(), null);
        return project.getSCMSources().stream()
                .filter(source -> source instanceof GitHubSCMSource && ChangeSources.isOf(key, project, source))
                .map(GitHubSCMSource.class::cast)
                .findFirst();
    }

    private Optional<Task> task(
            ChangeRef change,
            MultiBranchProject<?, ?> project,
            GitHubSCMSource source,
            Optional<PublishedState> before) {
        // Nobody can write anonymously.
        Optional<GitHubLogin> login = Sources.login(source);
        Optional<GitHubAddress> address = Sources.address(source, change.changeId());
        if (login.isEmpty() || address.isEmpty()) {
            return Optional.empty();
        }
        PublishedState shown = before.orElseGet(() -> PublishedState.nothing(change, project.getFullName()))
                .of(project.getFullName());
        ChangeFacts facts =
                ChangeReader.read(change, project, Set.copyOf(shown.previews().keySet()));
        List<CommandOutcome> said = notices.of(change);
        if (facts.previews().isEmpty() && said.isEmpty() && shown.said() == null) {
            return Optional.empty();
        }
        PullRequestRemote remote = new GitHubPullRequestRemote(
                http, answers, address.get(), login.get(), refusals, CommentText.marker(instance));
        return Optional.of(
                new Task(DesiredState.of(facts, instance, settings(change, project, source), said), shown, remote));
    }

    /** Where a check tells a commit's state, a commit status would only repeat it. */
    private static SurfaceSettings settings(
            ChangeRef change, MultiBranchProject<?, ?> project, GitHubSCMSource source) {
        SurfaceSettings settings = PreviewsTrait.of(source);
        return ChangeReader.job(change, project)
                        .filter(ChangeSurface::statesTold)
                        .isPresent()
                ? settings.without(SurfacePart.STATUS)
                : settings;
    }

    @Override
    public void keep(PublishedState shown) {
        files.keep(shown);
    }

    @Override
    public void settled(ChangeRef change) {
        boolean over = files.load(change)
                .filter(shown -> !shown.alive() && ChangeReader.links(change).isEmpty())
                .isPresent();
        if (over) {
            files.forget(change);
        }
    }
}
