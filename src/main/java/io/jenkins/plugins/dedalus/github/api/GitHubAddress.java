package io.jenkins.plugins.dedalus.github.api;

import okhttp3.HttpUrl;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A pull request by the API.
 *
 * @param api the API's address, e.g. {@code https://api.github.com}
 * @param owner the repository's owner
 * @param repository the repository's name
 * @param number the pull request's number
 */
@Restricted(NoExternalUse.class)
public record GitHubAddress(HttpUrl api, String owner, String repository, String number) {
    /** Below the API's address. */
    public HttpUrl.Builder root() {
        return api.newBuilder();
    }

    /** Below the repository. */
    public HttpUrl.Builder repository(String path) {
        return root().addPathSegment("repos")
                .addPathSegment(owner)
                .addPathSegment(repository)
                .addPathSegments(path);
    }

    /** For people: {@code acme/shop}. */
    public String name() {
        return owner + "/" + repository;
    }
}
