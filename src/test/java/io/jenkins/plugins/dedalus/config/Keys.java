package io.jenkins.plugins.dedalus.config;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.CredentialsStore;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.domains.Domain;
import hudson.util.Secret;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;

/** Secret text credentials for tests. */
public final class Keys {
    private Keys() {}

    /** Adds credentials to Jenkins itself. */
    public static void global(String id, String secret) throws Exception {
        global(CredentialsScope.GLOBAL, id, secret);
    }

    /** Adds credentials of this scope to Jenkins itself. */
    public static void global(CredentialsScope scope, String id, String secret) throws Exception {
        SystemCredentialsProvider provider = SystemCredentialsProvider.getInstance();
        provider.getCredentials()
                .removeIf(c -> c instanceof StringCredentials s && s.getId().equals(id));
        provider.getCredentials().add(new StringCredentialsImpl(scope, id, id, Secret.fromString(secret)));
        provider.save();
    }

    /** Adds credentials to a folder. */
    public static void folder(Folder folder, String id, String secret) throws Exception {
        for (CredentialsStore store : CredentialsProvider.lookupStores(folder)) {
            if (store.getContext() == folder) {
                store.addCredentials(
                        Domain.global(),
                        new StringCredentialsImpl(CredentialsScope.GLOBAL, id, id, Secret.fromString(secret)));
                return;
            }
        }
        throw new IllegalStateException("Folder " + folder.getFullName() + " has no credentials store.");
    }
}
