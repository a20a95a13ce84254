package io.jenkins.plugins.dedalus.steps.secret;

import hudson.AbortException;
import hudson.util.Secret;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/** Environment values as a build keeps them: encrypted in everything that is written. */
public final class SecretValues implements Serializable {
    private static final long serialVersionUID = 1L;

    private final LinkedHashMap<String, Secret> values = new LinkedHashMap<>();

    /** Takes a step's {@code env}; null for none. Throws with a sentence that names a variable, never its value. */
    public static SecretValues of(Map<String, Object> env) throws AbortException {
        SecretValues secrets = new SecretValues();
        if (env != null) {
            for (Map.Entry<String, Object> entry : env.entrySet()) {
                Object value = entry.getValue();
                if (value == null) {
                    throw new AbortException(Messages.SecretValues_empty(entry.getKey()));
                }
                String text = value instanceof Secret secret ? secret.getPlainText() : value.toString();
                secrets.values.put(entry.getKey(), Secret.fromString(text));
            }
            try {
                secrets.reveal();
            } catch (IllegalArgumentException e) {
                throw (AbortException) new AbortException(e.getMessage()).initCause(e);
            }
        }
        return secrets;
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public SecretEnv reveal() {
        Map<String, String> plain = new LinkedHashMap<>();
        values.forEach((name, secret) -> plain.put(name, secret.getPlainText()));
        return SecretEnv.of(plain);
    }

    @Override
    public String toString() {
        return "SecretValues" + values.keySet();
    }
}
