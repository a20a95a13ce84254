package io.jenkins.plugins.dedalus.gc;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jenkins.scm.api.SCMSource;

/** Asks where change requests live which of them are closed. One per kind of server. */
public interface ChangeStates extends ExtensionPoint {
    /**
     * Which of a repository's change requests are closed or merged, in as few calls as can be. Never called for the same
     * {@link #server} twice at a time.
     *
     * @param source a branch source
     * @param changeIds the change requests' numbers
     * @return whether each is closed; what isn't in it, the server doesn't know
     * @throws IOException with a message when the server can't be asked
     */
    Map<String, Boolean> closed(SCMSource source, Set<String> changeIds) throws IOException, InterruptedException;

    /** Whether the server of such sources can be asked at all. */
    boolean knows(SCMSource source);

    /** The server that is asked, for example its API's address. */
    String server(SCMSource source);

    /** The implementation for a source. */
    static Optional<ChangeStates> of(SCMSource source) {
        return ExtensionList.lookup(ChangeStates.class).stream()
                .filter(states -> states.knows(source))
                .findFirst();
    }
}
