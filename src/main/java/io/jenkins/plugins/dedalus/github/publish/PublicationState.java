package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.scm.ChangeRef;
import java.util.Optional;

/** Knows what should stand on GitHub about a change request, and what does as far as we know. */
interface PublicationState {
    /**
     * What there is to do for a change request now.
     *
     * @param wanted what should stand there
     * @param shown what stands there as far as we know
     * @param remote where
     */
    record Task(DesiredState wanted, PublishedState shown, PullRequestRemote remote) {}

    /**
     * Looks now. May wait a little.
     *
     * @param project the project's full name if somebody said it, else null
     * @return empty if it is none of GitHub's, or there is nothing to say
     */
    Optional<Task> task(ChangeRef change, String project);

    /** Keeps what stands there; on the disk when this returns. */
    void keep(PublishedState shown);

    /** All is as it should be: what isn't needed any more may be forgotten. */
    void settled(ChangeRef change);
}
