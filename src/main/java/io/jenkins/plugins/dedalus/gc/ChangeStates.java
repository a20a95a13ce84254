package io.jenkins.plugins.dedalus.gc;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import java.io.IOException;
import java.util.Optional;
import jenkins.scm.api.SCMSource;

/** Asks where a change request lives whether it is closed. One per kind of server. */
public interface ChangeStates extends ExtensionPoint {
    /**
     * Whether a change request is closed or merged.
     *
     * @param source a branch source
     * @param changeId the change request's number
     * @return empty if this implementation doesn't know such sources, or the server doesn't know the change request
     * @throws IOException with a message when the server can't be asked
     */
    Optional<Boolean> closed(SCMSource source, String changeId) throws IOException;

    /** Whether the server of such sources can be asked at all. */
    boolean knows(SCMSource source);

    /** The implementation for a source. */
    static Optional<ChangeStates> of(SCMSource source) {
        return ExtensionList.lookup(ChangeStates.class).stream()
                .filter(states -> states.knows(source))
                .findFirst();
    }
}
