package io.jenkins.plugins.dedalus.github.api;

import java.time.Duration;
import okhttp3.OkHttpClient;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** How GitHub is connected to. */
@Restricted(NoExternalUse.class)
public final class GitHubClients {
    private static final Duration CONNECT = Duration.ofSeconds(15);
    private static final Duration CALL = Duration.ofSeconds(40);

    private GitHubClients() {}

    /**
     * A client that sends nothing twice.
     *
     * @param base what knows Jenkins' proxy
     */
    public static OkHttpClient of(OkHttpClient base) {
        return base.newBuilder()
                .retryOnConnectionFailure(false)
                .connectTimeout(CONNECT)
                .callTimeout(CALL)
                .build();
    }
}
