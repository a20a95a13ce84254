package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.Util;
import io.jenkins.plugins.dedalus.client.model.Durations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads what people write in Jenkinsfiles and forms. */
final class Texts {
    private Texts() {}

    /** A time such as {@code 90s}, {@code 40m} or {@code 1h30m}; null for null. */
    static Duration duration(String field, Object value) throws AbortException {
        String text = value == null ? null : Util.fixEmptyAndTrim(value.toString());
        if (text == null) {
            return null;
        }
        return Durations.parseOrSeconds(text)
                .filter(duration -> !duration.isZero())
                .orElseThrow(() -> new AbortException(Messages.Texts_duration(field, text)));
    }

    /** A grace period: as {@link #duration}, or {@code 0}. */
    static Duration grace(String field, String value) throws AbortException {
        boolean atOnce = value != null
                && Durations.parseOrSeconds(value.trim())
                        .filter(Duration::isZero)
                        .isPresent();
        return atOnce ? Duration.ZERO : duration(field, value);
    }

    /** Lines of {@code name=value}; empty for none. A line without {@code =} has an empty value. */
    static Map<String, Object> lines(String text) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (String line : Util.fixNull(text).split("\\R")) {
            if (!line.isBlank()) {
                int at = line.indexOf('=');
                map.put(
                        at < 0 ? line.trim() : line.substring(0, at).trim(),
                        at < 0 ? "" : line.substring(at + 1).trim());
            }
        }
        return map;
    }

    /** The opposite of {@link #lines}, for a form. */
    static String text(Map<String, Object> map) {
        StringBuilder out = new StringBuilder();
        if (map != null) {
            map.forEach(
                    (name, value) -> out.append(name).append('=').append(value).append('\n'));
        }
        return out.toString();
    }
}
