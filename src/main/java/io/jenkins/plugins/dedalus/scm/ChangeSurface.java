package io.jenkins.plugins.dedalus.scm;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Job;
import jenkins.scm.api.SCMSource;

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

    /** Whether it tells the states of a job's commits itself, so that others need not. */
    default boolean tellsStates(Job<?, ?> job) {
        return false;
    }

    /** Whether a team wants the states of its commits told; a surface that knows nothing of it says yes. */
    default boolean wantsStates(SCMSource source) {
        return true;
    }

    /** Whether any surface tells the states of a job's commits itself. */
    static boolean statesTold(Job<?, ?> job) {
        return ExtensionList.lookup(ChangeSurface.class).stream().anyMatch(surface -> surface.tellsStates(job));
    }

    /** Whether a team wants the states of its commits told. */
    static boolean statesWanted(SCMSource source) {
        return ExtensionList.lookup(ChangeSurface.class).stream().allMatch(surface -> surface.wantsStates(source));
    }

    /** Has every surface look. */
    static void lookAt(ChangeRef change, String project) {
        ExtensionList.lookup(ChangeSurface.class).forEach(surface -> surface.look(change, project));
    }
}
