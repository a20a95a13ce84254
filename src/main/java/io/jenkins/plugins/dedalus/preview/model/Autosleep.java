package io.jenkins.plugins.dedalus.preview.model;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * After how long without activity a machine goes to sleep by itself.
 *
 * @param duration at least one second; null means never
 */
public record Autosleep(Duration duration) {
    /** Five minutes, as Dedalus does by default. */
    public static final Autosleep DEFAULT = new Autosleep(Duration.ofMinutes(5));

    /** The machine stays awake, and is paid for, until it is put to sleep. */
    public static final Autosleep NEVER = new Autosleep(null);

    private static final String ALLOWED =
            "; allowed are e.g. 30s, 15m, 2h, 7d3h4s, 1w3d, seconds as a number, or never.";
    private static final Pattern PARTS =
            Pattern.compile("(?:(\\d{1,9})w)?(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?");
    private static final long[] UNIT_SECONDS = {604_800, 86_400, 3_600, 60, 1};
    private static final char[] UNITS = {'w', 'd', 'h', 'm', 's'};

    /** Checks that the duration is at least a second. */
    public Autosleep {
        if (duration != null && duration.getSeconds() < 1) {
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
        if (value.matches("\\d{1,12}")) {
            return ofSeconds(Long.parseLong(value), text);
        }
        Matcher parts = PARTS.matcher(value);
        if (!parts.matches()) {
            throw new IllegalArgumentException("autosleep is '" + text + "'" + ALLOWED);
        }
        long seconds = 0;
        for (int i = 0; i < UNIT_SECONDS.length; i++) {
            String part = parts.group(i + 1);
            seconds += part == null ? 0 : Long.parseLong(part) * UNIT_SECONDS[i];
        }
        return ofSeconds(seconds, text);
    }

    /** From the API's {@code autosleep_seconds}: null or zero means never. */
    public static Autosleep ofSeconds(Long seconds) {
        return seconds == null || seconds <= 0 ? NEVER : new Autosleep(Duration.ofSeconds(seconds));
    }

    private static Autosleep ofSeconds(long seconds, String text) {
        if (seconds < 1) {
            throw new IllegalArgumentException("autosleep is '" + text + "'" + ALLOWED);
        }
        return new Autosleep(Duration.ofSeconds(seconds));
    }

    /** The API's notation, e.g. {@code 1w3d}. */
    public String format() {
        if (duration == null) {
            return "never";
        }
        long rest = duration.getSeconds();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < UNIT_SECONDS.length; i++) {
            long count = rest / UNIT_SECONDS[i];
            rest %= UNIT_SECONDS[i];
            if (count > 0) {
                out.append(count).append(UNITS[i]);
            }
        }
        return out.toString();
    }

    @Override
    public String toString() {
        return format();
    }
}
