package io.jenkins.plugins.dedalus.scm;

import hudson.model.Computer;
import hudson.util.Secret;
import io.jenkins.plugins.okhttp.api.JenkinsOkHttpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
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

    /** One that isn't ours to end. */
    static FetchToken lasting(Secret secret) {
        return new FetchToken(secret, null);
    }

    /**
     * A token of an installation of a GitHub App that nobody else holds.
     *
     * @param api GitHub's API, e.g. {@code https://api.github.com}
     */
    static FetchToken ofApp(Secret secret, String api) {
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
