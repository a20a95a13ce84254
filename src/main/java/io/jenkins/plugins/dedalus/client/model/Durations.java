package io.jenkins.plugins.dedalus.client.model;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as the API and people write them: {@code 250ms}, {@code 30s}, {@code 15m}, {@code 2h}, {@code 7d}, {@code 1w3d},
 * {@code 1h30m}. The larger unit comes first and each unit once.
 */
public final class Durations {
    private static final Pattern PARTS = Pattern.compile(
            "(?:(\\d{1,9})w)?(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?" + "(?:(\\d{1,9})ms)?");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,12}");
    private static final Duration[] UNITS = {
        Duration.ofDays(7),
        Duration.ofDays(1),
        Duration.ofHours(1),
        Duration.ofMinutes(1),
        Duration.ofSeconds(1),
        Duration.ofMillis(1)
    };
    private static final String[] NAMES = {"w", "d", "h", "m", "s", "ms"};

    private Durations() {}

    /** The duration, or empty when the text is none. A bare {@code 0} is zero; other bare numbers are ambiguous. */
    public static Optional<Duration> parse(String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        if ("0".equals(text)) {
            return Optional.of(Duration.ZERO);
        }
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        for (int i = 0; i < UNITS.length; i++) {
            String part = parts.group(i + 1);
            sum = part == null ? sum : sum.plus(UNITS[i].multipliedBy(Long.parseLong(part)));
        }
        return Optional.of(sum);
    }

    /** As {@link #parse}, but a bare number is seconds, as in the API's {@code autosleep}. */
    public static Optional<Duration> parseOrSeconds(String text) {
        return text != null && SECONDS.matcher(text).matches()
                ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
                : parse(text);
    }

    /**
     * What {@link #parse} reads as the same duration, e.g. {@code 1w3d} or {@code 1m30s}.
     *
     * @param duration not negative; what is less than a millisecond is left out
     */
    public static String format(Duration duration) {
        StringBuilder out = new StringBuilder();
        Duration rest = duration;
        for (int i = 0; i < UNITS.length; i++) {
            long count = rest.dividedBy(UNITS[i]);
            rest = rest.minus(UNITS[i].multipliedBy(count));
            if (count > 0) {
                out.append(count).append(NAMES[i]);
            }
        }
        return out.isEmpty() ? "0s" : out.toString();
    }

    /** The shortest way to say it, to the second at most: {@code 45s}, {@code 3m 5s}, {@code 2h 10m}, {@code 4d 3h}. */
    public static String say(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return two(seconds / 60, "m", seconds % 60, "s");
        }
        if (seconds < 86_400) {
            return two(seconds / 3600, "h", seconds % 3600 / 60, "m");
        }
        return two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
    }

    private static String two(long big, String bigUnit, long small, String smallUnit) {
        return small == 0 ? big + bigUnit : big + bigUnit + " " + small + smallUnit;
    }
}
