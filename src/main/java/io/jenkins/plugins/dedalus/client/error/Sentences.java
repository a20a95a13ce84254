package io.jenkins.plugins.dedalus.client.error;

import java.time.Duration;

/** Pieces of messages for humans. */
public final class Sentences {

    private static final int MAX_QUOTE = 500;

    private Sentences() {}

    /** A duration in words: {@code 250 ms}, {@code 1.5 s}, {@code 4 min}. */
    public static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + " ms";
        }
        if (millis >= 120_000 && millis % 60_000 == 0) {
            return millis / 60_000 + " min";
        }
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis / 1000 + "." + (millis % 1000) / 100 + " s";
    }

    /** Foreign text on one line, without control characters, not too long, without the full stop at its end. */
    public static String quote(String text) {
        String line = text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip()
                .replaceAll(" {2,}", " ");
        if (line.length() > MAX_QUOTE) {
            line = line.substring(0, MAX_QUOTE) + "…";
        }
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }
}
