package io.jenkins.plugins.dedalus.scm;

import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.model.Computer;
import hudson.model.Run;
import hudson.util.Secret;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.okhttp.api.JenkinsOkHttpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.scm.api.SCMSource;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A token that a machine fetches code with. One of a GitHub App is made for one fetch, and can be ended before its time. */
@Restricted(NoExternalUse.class)
public final class FetchToken {
    private static final Logger LOGGER = Logger.getLogger(FetchToken.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Secret secret;
    private final HttpUrl api;

    private FetchToken(Secret secret, HttpUrl api) {
        this.secret = secret;
        this.api = api;
    }

    /**
     * The token of a build's branch source. May ask its server for one: not for threads that must not wait.
     *
     * @return null if there is no branch source, or it has no credentials
     * @throws PreviewException with a sentence if its credentials can't become a token
     */
    public static FetchToken of(Run<?, ?> run) {
        SCMSource source = SCMSource.SourceByItem.findSource(run.getParent());
        return source == null ? null : ChangeDetails.of(source).fetchToken(run, source);
    }

    /**
     * The password or token of credentials, which isn't ours to end.
     *
     * @param id their id, for people
     * @param found null if they don't exist
     * @throws PreviewException with a sentence if they hold neither
     */
    public static FetchToken lasting(String id, StandardCredentials found) {
        if (found instanceof StandardUsernamePasswordCredentials pair) {
            return new FetchToken(pair.getPassword(), null);
        }
        throw new PreviewException(found == null ? Messages.FetchToken_missing(id) : Messages.FetchToken_noToken(id));
    }

    /**
     * A token of an installation of a GitHub App that nobody else holds.
     *
     * @param api GitHub's API, e.g. {@code https://api.github.com}
     */
    public static FetchToken ofApp(Secret secret, String api) {
        return new FetchToken(secret, HttpUrl.parse(api));
    }

    /** The token. */
    public Secret secret() {
        return secret;
    }

    /** Ends it, if it was made for one fetch. Doesn't wait, and doesn't fail: it ends by itself within the hour. */
    public void revoke() {
        if (api != null) {
            Computer.threadPoolForRemoting.execute(this::end);
        }
    }

    private void end() {
        Request request = new Request.Builder()
                .url(api.newBuilder().addPathSegments("installation/token").build())
                .delete()
                .header("Accept", "application/vnd.github+json")
                .header("Authorization", "token " + Secret.toString(secret))
                .build();
        OkHttpClient client = JenkinsOkHttpClient.newClientBuilder(new OkHttpClient())
                .callTimeout(PATIENCE)
                .build();
        try (Response response = client.newCall(request).execute()) {
            if (!response.isSuccessful()) {
                LOGGER.warning(() -> Messages.FetchToken_notEnded(api, response.code()));
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> Messages.FetchToken_notEnded(api, e.getMessage()));
        }
    }

    /** Leaves the token out. */
    @Override
    public String toString() {
        return "FetchToken[" + (api == null ? "lasting" : api) + "]";
    }
}
