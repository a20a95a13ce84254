package io.jenkins.plugins.dedalus.config;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.CredentialsStore;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.util.Secret;
import java.io.IOException;
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

    /** Adds a user name with a password to Jenkins itself. */
    public static void login(String id, String user, String password) throws Exception {
        SystemCredentialsProvider provider = SystemCredentialsProvider.getInstance();
        provider.getCredentials()
                .add(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, id, id, user, password));
        provider.save();
    }

    /** The jobs whose builds used credentials of Jenkins itself, separated by commas. */
    public static String uses(String id) throws IOException {
        for (Credentials each : SystemCredentialsProvider.getInstance().getCredentials()) {
            if (each instanceof StandardCredentials known && known.getId().equals(id)) {
                return String.join(
                        ",", CredentialsProvider.getOrCreateFingerprintOf(known).getJobs());
            }
        }
        throw new IllegalStateException("There are no credentials " + id + ".");
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
