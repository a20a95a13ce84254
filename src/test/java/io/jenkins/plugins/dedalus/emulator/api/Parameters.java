package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ids, cursors, limits and durations as they come in paths, queries and bodies. */
final class Parameters {
    private static final Pattern RESOURCE_ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");
    private static final Pattern AUTOSLEEP =
            Pattern.compile("(?:(\\d{1,6})w)?(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?");
    private static final List<Duration> UNITS = List.of(
            Duration.ofDays(7), Duration.ofDays(1), Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofSeconds(1));
    private static final int MAX_LIMIT = 100;
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_EVENTS = 1000;

    private Parameters() {}

    static String resourceId(Call call, String name) {
        String value = call.variable(name);
        if (!RESOURCE_ID.matcher(value).matches()) {
            throw Problem.invalid(
                    "path." + name, "expected string to match pattern ^" + RESOURCE_ID + "$", TextNode.valueOf(value));
        }
        return value;
    }

    static int limit(Call call) {
        return limit(call, DEFAULT_LIMIT, MAX_LIMIT);
    }

    static int eventLimit(Call call) {
        return limit(call, MAX_LIMIT, MAX_EVENTS);
    }

    private static int limit(Call call, int fallback, int maximum) {
        String text = call.parameter("limit").orElse(Integer.toString(fallback));
        if (!text.matches("[1-9]\\d{0,3}") || Integer.parseInt(text) > maximum) {
            throw Problem.invalid("query.limit", "expected integer from 1 to " + maximum, TextNode.valueOf(text));
        }
        return Integer.parseInt(text);
    }

    /** A position in a list; 0 without a cursor. */
    static long cursor(Call call) {
        String text = call.parameter("cursor").orElse("");
        if (text.isEmpty()) {
            return 0;
        }
        try {
            String read = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            if (read.matches("after:\\d{1,18}")) {
                return Long.parseLong(read.substring(read.indexOf(':') + 1));
            }
        } catch (IllegalArgumentException e) {
            throw badCursor(text);
        }
        throw badCursor(text);
    }

    private static Problem badCursor(String text) {
        return Problem.invalid("query.cursor", "expected a next_cursor of this list", TextNode.valueOf(text));
    }

    static String cursor(long position) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(("after:" + position).getBytes(StandardCharsets.UTF_8));
    }

    /** Seconds of an autosleep; 0: never. Throws {@link IllegalArgumentException}. */
    static long autosleep(String text) {
        if (text.equals("never")) {
            return 0;
        }
        long seconds = 0;
        Matcher parts = AUTOSLEEP.matcher(text);
        if (text.matches("\\d{1,12}")) {
            seconds = Long.parseLong(text);
        } else if (parts.matches()) {
            for (int i = 0; i < UNITS.size(); i++) {
                String count = parts.group(i + 1);
                seconds +=
                        count == null ? 0 : Long.parseLong(count) * UNITS.get(i).toSeconds();
            }
        }
        if (seconds == 0) {
            throw new IllegalArgumentException("expected a duration such as 30s, 15m, 7d3h4s, 1800, or never");
        }
        return seconds;
    }

    /** A query parameter that a reader understands; the reader throws a runtime exception where it doesn't. */
    static <T> T query(Call call, String name, T fallback, String expected, Function<String, T> reader) {
        String text = call.parameter(name).orElse(null);
        if (text == null) {
            return fallback;
        }
        try {
            return reader.apply(text);
        } catch (RuntimeException e) {
            throw Problem.invalid("query." + name, "expected " + expected, TextNode.valueOf(text));
        }
    }
}
