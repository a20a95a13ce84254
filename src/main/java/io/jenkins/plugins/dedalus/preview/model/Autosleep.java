package io.jenkins.plugins.dedalus.preview.model;

import io.jenkins.plugins.dedalus.client.model.Durations;
import java.time.Duration;

/**
 * After how long without activity a machine goes to sleep by itself.
 *
 * @param duration whole seconds, at least one; null means never
 */
public record Autosleep(Duration duration) {
    /** Five minutes, as Dedalus does by default. */
    public static final Autosleep DEFAULT = new Autosleep(Duration.ofMinutes(5));

    /** The machine stays awake, and is paid for, until it is put to sleep. */
    public static final Autosleep NEVER = new Autosleep(null);

    private static final String ALLOWED =
            "; allowed are e.g. 30s, 15m, 2h, 7d3h4s, 1w3d, seconds as a number, or never.";

    /** Checks that the duration is whole seconds, at least one. */
    public Autosleep {
        if (duration != null && !allowed(duration)) {
            throw new IllegalArgumentException("autosleep is " + duration + ALLOWED);
        }
    }

    /** Reads the API's notation; null or empty means the default. Throws {@link IllegalArgumentException} otherwise. */
    public static Autosleep parse(String text) {
        if (text == null || text.isBlank()) {
            return DEFAULT;
        }
        String value = text.trim();
        if ("never".equals(value)) {
            return NEVER;
        }
        return Durations.parseOrSeconds(value)
                .filter(Autosleep::allowed)
                .map(Autosleep::new)
                .orElseThrow(() -> new IllegalArgumentException("autosleep is '" + text + "'" + ALLOWED));
    }

    /** From the API's {@code autosleep_seconds}: null or zero means never. */
    public static Autosleep ofSeconds(Long seconds) {
        return seconds == null || seconds <= 0 ? NEVER : new Autosleep(Duration.ofSeconds(seconds));
    }

    /** Whole seconds, as the API knows them. */
    private static boolean allowed(Duration duration) {
        return duration.getSeconds() >= 1 && duration.getNano() == 0;
    }

    /** The API's notation, e.g. {@code 1w3d}. */
    public String format() {
        return duration == null ? "never" : Durations.format(duration);
    }

    @Override
    public String toString() {
        return format();
    }
}
