package io.jenkins.plugins.dedalus.scm;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Run;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMRevision;
import jenkins.scm.api.SCMSource;

/**
 * What one kind of branch source knows of change requests that Jenkins' own interfaces for branch sources don't tell. For
 * kinds that have none, {@link GitChangeDetails} tells what any source of git does. Asks no server, but for
 * {@link #fetchToken}.
 */
public interface ChangeDetails extends ExtensionPoint {
    /** Whether a source is of this kind. The other methods are asked about such sources, their heads and revisions only. */
    boolean isOf(SCMSource source);

    /** Where a source's repository can be cloned; null if unknown. */
    String cloneUrl(SCMSource source);

    /** The ref of the base repository that holds a change request's commit, e.g. {@code refs/pull/12/head}; null if unknown. */
    String ref(SCMHead head);

    /** The branch that a change request comes from; null if unknown. */
    String branch(SCMHead head);

    /** A change request's own commit, also where a build is of its merge with the target; null if unknown. */
    String commit(SCMRevision revision);

    /**
     * A token for a machine to fetch a build's code with: of the source's own credentials, and no more of it than a fetch
     * needs where they can be narrowed. May ask the source's server: not for threads that must not wait.
     *
     * @return null if the source has no credentials: the repository is public, or the fetch will say so
     * @throws io.jenkins.plugins.dedalus.preview.error.PreviewException with a sentence if its credentials can't become a token
     */
    FetchToken fetchToken(Run<?, ?> run, SCMSource source);

    /** Those of a source's kind. */
    static ChangeDetails of(SCMSource source) {
        return ExtensionList.lookup(ChangeDetails.class).stream()
                .filter(details -> details.isOf(source))
                .findFirst()
                .orElseGet(GitChangeDetails::new);
    }
}
