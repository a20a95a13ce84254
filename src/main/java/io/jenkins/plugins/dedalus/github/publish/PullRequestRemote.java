package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.github.SurfacePart;
import java.util.Set;

/** The GitHub of one change request, with the credentials of its project. */
interface PullRequestRemote {
    /** What shares GitHub's limits: calls of the same lane come one after the other. */
    String lane();

    /** Parts that these credentials were refused. */
    Set<SurfacePart> refused();

    /** Makes the call; waits for its answer. Never throws for what GitHub or the network does. */
    CallOutcome perform(PullRequestWrite write);
}
