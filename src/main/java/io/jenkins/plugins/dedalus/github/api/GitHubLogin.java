package io.jenkins.plugins.dedalus.github.api;

import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The branch source's credentials, as GitHub sees them. */
@Restricted(NoExternalUse.class)
public interface GitHubLogin {
    /**
     * The value of the header {@code Authorization}; null for none. May ask GitHub for a token.
     *
     * @throws IOException with a sentence if there is none to be had
     */
    String authorization() throws IOException;

    /** The app that this is, its id or its client id; null if it is none, but a user. */
    String app();

    /** The credentials' id in Jenkins, for people. */
    String name();

    /** Changes when the credentials do; holds no secret. */
    String fingerprint();
}
