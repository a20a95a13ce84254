package io.jenkins.plugins.dedalus.surface;

import io.jenkins.plugins.dedalus.scm.ChangeRef;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A change request's previews as people should see them there.
 *
 * @param change the change request
 * @param project the full name of the multibranch project that has it
 * @param previews the previews, in the order in which they are shown
 */
@Restricted(NoExternalUse.class)
public record ChangeFacts(ChangeRef change, String project, List<PreviewFacts> previews) {
    /** Copies the list. */
    public ChangeFacts {
        previews = List.copyOf(previews);
    }
}
