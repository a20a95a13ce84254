package io.jenkins.plugins.dedalus.github;

import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubHttp;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import io.jenkins.plugins.dedalus.github.api.Sources;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import io.jenkins.plugins.dedalus.scm.ChangeSources;
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
final class JenkinsDesk implements Desk {
    private final ShownFiles files;
    private final GitHubHttp http;
    private final Answers answers;
    private final Refusals refusals;
    private final Notices notices;
    private final String instance;

    /** @param instance a word of this Jenkins */
    JenkinsDesk(
            ShownFiles files, GitHubHttp http, Answers answers, Refusals refusals, Notices notices, String instance) {
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
            Optional<Shown> before = files.load(change);
            return owners(change, named, before)
                    .map(name -> Jenkins.get().getItemByFullName(name, MultiBranchProject.class))
                    .filter(Objects::nonNull)
                    .map(project -> (MultiBranchProject<?, ?>) project)
                    .flatMap(project -> source(change, project).stream()
                            .flatMap(source -> task(change, project, source, before).stream()))
                    .findFirst();
        }
    }

    private static Stream<String> owners(ChangeRef change, String named, Optional<Shown> before) {
        Stream<String> linked = ChangeReader.links(change).stream().map(PreviewLink::owner);
        Stream<String> said = Stream.ofNullable(named);
        return Stream.concat(Stream.concat(linked, said), before.map(Shown::project).stream())
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
            ChangeRef change, MultiBranchProject<?, ?> project, GitHubSCMSource source, Optional<Shown> before) {
        // Nobody can write anonymously.
        Optional<GitHubLogin> login = Sources.login(source);
        Optional<GitHubAddress> address = Sources.address(source, change.changeId());
        if (login.isEmpty() || address.isEmpty()) {
            return Optional.empty();
        }
        Shown shown = before.orElseGet(() -> Shown.nothing(change, project.getFullName()))
                .of(project.getFullName());
        ChangeFacts facts =
                ChangeReader.read(change, project, Set.copyOf(shown.previews().keySet()));
        List<Notice> said = notices.of(change);
        if (facts.previews().isEmpty() && said.isEmpty() && shown.said() == null) {
            return Optional.empty();
        }
        Remote remote =
                new GitHubRemote(http, answers, address.get(), login.get(), refusals, CommentText.marker(instance));
        return Optional.of(new Task(Wanted.of(facts, instance, PreviewsTrait.of(source), said), shown, remote));
    }

    @Override
    public void keep(Shown shown) {
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
