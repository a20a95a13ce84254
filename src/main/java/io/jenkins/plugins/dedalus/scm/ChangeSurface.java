package io.jenkins.plugins.dedalus.scm;

import hudson.ExtensionList;
import hudson.ExtensionPoint;

/**
 * Shows a change request's previews where the change request lives: a link, a comment, a check. One per kind of server.
 * What should stand there follows from the records alone, so nobody says what has happened, only where to look; to look once
 * too often costs nothing.
 */
public interface ChangeSurface extends ExtensionPoint {
    /**
     * Looks soon, on a thread of its own, whether what stands there is still right. Returns at once and never fails.
     *
     * @param project the full name of the multibranch project that has the change request; null if the previews' links tell
     */
    void look(ChangeRef change, String project);

    /** Has every surface look. */
    static void lookAt(ChangeRef change, String project) {
        ExtensionList.lookup(ChangeSurface.class).forEach(surface -> surface.look(change, project));
    }
}
