package io.jenkins.plugins.dedalus.scm;

import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.util.Optional;
import jenkins.branch.MultiBranchProject;
import jenkins.model.Jenkins;
import jenkins.scm.api.SCMSource;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Finds the branch source that a preview's change request comes from, also when its job is dead or deleted. */
@Restricted(NoExternalUse.class)
public final class ChangeSources {
    private ChangeSources() {}

    /** The multibranch project that a link's job is in, or was in. */
    public static Optional<MultiBranchProject<?, ?>> project(PreviewLink link) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return link.owner().isEmpty()
                    ? Optional.empty()
                    : Optional.ofNullable(Jenkins.get().getItemByFullName(link.owner(), MultiBranchProject.class))
                            .map(project -> (MultiBranchProject<?, ?>) project);
        }
    }

    /** The project's branch source of the preview's repository. */
    public static Optional<SCMSource> source(PreviewLink link) {
        return project(link).flatMap(project -> project.getSCMSources().stream()
                .filter(source -> isOf(link.key(), project, source))
                .findFirst());
    }

    /** The change request of this number in a branch source's repository. */
    public static ChangeRef change(MultiBranchProject<?, ?> project, SCMSource source, String changeId) {
        return new ChangeRef(PreviewKey.normaliseRepository(ChangeFinder.repository(project, source)), changeId);
    }

    /** Whether a branch source is one of the preview's repository; one that nobody finished configuring is of none. */
    public static boolean isOf(PreviewKey key, MultiBranchProject<?, ?> project, SCMSource source) {
        String repository = ChangeFinder.repository(project, source);
        return !repository.isBlank()
                && PreviewKey.normaliseRepository(repository).equals(key.repository());
    }

    /** What names the server of a branch source: where its repository is cloned from, else its kind. */
    public static String host(SCMSource source) {
        String url = ChangeDetails.of(source).cloneUrl(source);
        if (url == null || url.isBlank()) {
            return source.getClass().getName();
        }
        String repository = PreviewKey.normaliseRepository(url);
        return repository.substring(0, Math.max(0, repository.indexOf('/')));
    }
}
