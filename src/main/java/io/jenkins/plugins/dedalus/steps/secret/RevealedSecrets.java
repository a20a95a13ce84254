package io.jenkins.plugins.dedalus.steps.secret;

import hudson.AbortException;
import hudson.model.TaskListener;
import hudson.util.StreamTaskListener;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.credentialsbinding.masking.SecretPatterns;

/**
 * The values of credentials while a step needs them. In memory only: it must be in no field that Jenkins writes. Not
 * thread-safe while values come in.
 */
public final class RevealedSecrets {
    /** Shorter lines of a value may stand anywhere: to hide them would hide the log. */
    private static final int SHORTEST_LINE = 8;

    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<String> hidden = new ArrayList<>();

    void put(String name, String value, boolean secret) throws AbortException {
        if (values.put(name, value) != null) {
            throw new AbortException(Messages.NamedSecrets_twice(name));
        }
        if (secret && !value.isBlank()) {
            hidden.add(value);
            // The log is masked line by line.
            value.lines()
                    .map(String::strip)
                    .filter(line -> line.length() >= SHORTEST_LINE)
                    .forEach(hidden::add);
        }
    }

    /** These values, and those of {@code env}. */
    public SecretEnv with(SecretEnv env) throws AbortException {
        Map<String, String> all = new LinkedHashMap<>(env.reveal());
        for (Map.Entry<String, String> each : values.entrySet()) {
            if (all.put(each.getKey(), each.getValue()) != null) {
                throw new AbortException(Messages.NamedSecrets_twice(each.getKey()));
            }
        }
        return SecretEnv.of(all);
    }

    /** A log in which the values are masked as those that {@code withCredentials} binds. */
    public TaskListener mask(TaskListener listener) {
        if (hidden.isEmpty()) {
            return listener;
        }
        var pattern = SecretPatterns.getAggregateSecretPattern(hidden);
        return new StreamTaskListener(
                new SecretPatterns.MaskingOutputStream(
                        listener.getLogger(), () -> pattern, StandardCharsets.UTF_8.name()),
                StandardCharsets.UTF_8);
    }

    /** A sentence without the values. */
    public String mask(String sentence) {
        return hidden.isEmpty() || sentence == null
                ? sentence
                : SecretPatterns.getAggregateSecretPattern(hidden)
                        .matcher(sentence)
                        .replaceAll("****");
    }

    @Override
    public String toString() {
        return "RevealedSecrets" + values.keySet();
    }
}
