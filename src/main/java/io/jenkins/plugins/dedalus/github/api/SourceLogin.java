package io.jenkins.plugins.dedalus.github.api;

import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.util.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import org.jenkinsci.plugins.github_branch_source.GitHubAppCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A branch source's own credentials: an app, or a user with a token. */
@Restricted(NoExternalUse.class)
public final class SourceLogin implements GitHubLogin {
    /** So that a fingerprint tells nothing about a secret. */
    private static final String SALT = UUID.randomUUID().toString();

    private final StandardUsernamePasswordCredentials credentials;
    private final String fingerprint;

    /** Takes a project's credentials. */
    public SourceLogin(StandardUsernamePasswordCredentials credentials) {
        this.credentials = credentials;
        Secret secret = credentials instanceof GitHubAppCredentials of ? of.getPrivateKey() : credentials.getPassword();
        fingerprint = Digests.of(SALT + "\n" + credentials.getUsername() + "\n" + Secret.toString(secret));
    }

    @Override
    public String authorization() throws IOException {
        if (!(credentials instanceof GitHubAppCredentials)) {
            String pair = credentials.getUsername() + ":" + Secret.toString(credentials.getPassword());
            return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        }
        try {
            // The credentials keep the installation's token as long as it is good.
            return "token " + Secret.toString(credentials.getPassword());
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IOException("the credentials " + name() + " gave no token: " + e.getMessage(), e);
        }
    }

    @Override
    public String app() {
        return credentials instanceof GitHubAppCredentials of ? of.getAppID() : null;
    }

    @Override
    public String name() {
        return credentials.getId();
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }
}
