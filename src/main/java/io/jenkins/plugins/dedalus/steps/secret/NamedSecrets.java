package io.jenkins.plugins.dedalus.steps.secret;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.AbortException;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * Variables and the ids of the credentials that are their values, as an execution keeps them: never with a value. Sentences
 * name the variable and not the id, in whose place somebody may have written the value itself.
 */
public final class NamedSecrets implements Serializable {
    private static final long serialVersionUID = 1L;

    private final LinkedHashMap<String, String> ids = new LinkedHashMap<>();

    /** Takes a step's {@code secrets} and the {@code env} beside them; null for none of either. */
    public static NamedSecrets of(Map<String, Object> secrets, Map<String, Object> env) throws AbortException {
        NamedSecrets named = new NamedSecrets();
        if (secrets != null) {
            for (Map.Entry<String, Object> entry : secrets.entrySet()) {
                String name = entry.getKey();
                boolean text = entry.getValue() instanceof CharSequence;
                String id = text ? Util.fixEmptyAndTrim(entry.getValue().toString()) : null;
                if (id == null) {
                    throw new AbortException(Messages.NamedSecrets_empty(name));
                }
                if (env != null && env.containsKey(name)) {
                    throw new AbortException(Messages.NamedSecrets_twice(name));
                }
                check(name);
                named.ids.put(name, id);
            }
        }
        return named;
    }

    private static void check(String name) throws AbortException {
        try {
            SecretEnv.of(Map.of(name, ""));
        } catch (IllegalArgumentException e) {
            String sentence = e.getMessage().replaceFirst("^env:", "secrets:");
            throw (AbortException) new AbortException(sentence).initCause(e);
        }
    }

    public boolean isEmpty() {
        return ids.isEmpty();
    }

    /**
     * Asks for the values as the build may see them, and notes on the credentials that it used them. May wait: credentials
     * may be kept elsewhere.
     *
     * @throws AbortException with a sentence if there are no such credentials
     */
    public RevealedSecrets reveal(Run<?, ?> run) throws AbortException {
        RevealedSecrets revealed = new RevealedSecrets();
        for (Map.Entry<String, String> each : ids.entrySet()) {
            reveal(run, each.getKey(), each.getValue(), revealed);
        }
        return revealed;
    }

    private static void reveal(Run<?, ?> run, String name, String id, RevealedSecrets revealed) throws AbortException {
        StringCredentials text = CredentialsProvider.findCredentialById(id, StringCredentials.class, run);
        if (text != null) {
            revealed.put(name, text.getSecret().getPlainText(), true);
            CredentialsProvider.track(run, text);
            return;
        }
        StandardUsernamePasswordCredentials pair =
                CredentialsProvider.findCredentialById(id, StandardUsernamePasswordCredentials.class, run);
        if (pair == null) {
            throw new AbortException(Messages.NamedSecrets_missing(name));
        }
        String password = pair.getPassword().getPlainText();
        revealed.put(name, pair.getUsername() + ":" + password, true);
        revealed.put(name + "_USR", pair.getUsername(), pair.isUsernameSecret());
        revealed.put(name + "_PSW", password, true);
        CredentialsProvider.track(run, pair);
    }

    @Override
    public String toString() {
        return "NamedSecrets" + ids.keySet();
    }
}
