package io.jenkins.plugins.dedalus.preview.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Environment variables whose values are secret: handed to scripts, never written or printed by the engine. */
public final class SecretEnv {
    private static final SecretEnv NONE = new SecretEnv(Map.of());

    private final Map<String, String> values;

    private SecretEnv(Map<String, String> values) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** No secrets. */
    public static SecretEnv none() {
        return NONE;
    }

    /** Takes names and values; throws {@link IllegalArgumentException} if a name can't be an environment variable. */
    public static SecretEnv of(Map<String, String> values) {
        values.keySet().forEach(EnvNames::check);
        return values.isEmpty() ? NONE : new SecretEnv(values);
    }

    /** The values, for the environment of an execution and nothing else. */
    public Map<String, String> reveal() {
        return values;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    @Override
    public String toString() {
        return "SecretEnv" + values.keySet();
    }
}
