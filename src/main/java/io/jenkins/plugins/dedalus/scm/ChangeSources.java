package io.jenkins.plugins.dedalus.scm;

import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.preview.PreviewKey;
import java.util.Optional;
import jenkins.branch.MultiBranchProject;
import jenkins.model.Jenkins;
import jenkins.scm.api.SCMSource;

/** Finds the branch source that a preview's change request comes from, also when its job is dead or deleted. */
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

    /** Whether a branch source is one of the preview's repository. */
    public static boolean isOf(PreviewKey key, MultiBranchProject<?, ?> project, SCMSource source) {
        return PreviewKey.normaliseRepository(ChangeFinder.repository(project, source))
                .equals(key.repository());
    }
}
