package io.jenkins.plugins.dedalus.scm;

import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import jenkins.branch.MultiBranchProject;

/** Links that no build asked for. */
public final class Links {
    private Links() {}

    /** The key of a pull request of a project's only source. */
    public static PreviewKey key(MultiBranchProject<?, ?> project, int number) {
        return new PreviewKey(
                ChangeFinder.repository(project, project.getSCMSources().get(0)), Integer.toString(number), null);
    }

    /** Says that a preview belongs to a pull request's job. */
    public static PreviewLink put(PreviewKey key, String job, String head) {
        PreviewLink link = PreviewLink.of(key, job, 1, 0, head);
        PreviewJobs.get().put(link);
        return link;
    }
}
