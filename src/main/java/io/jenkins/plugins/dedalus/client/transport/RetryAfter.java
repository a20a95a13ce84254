package io.jenkins.plugins.dedalus.client.transport;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import okhttp3.Headers;

/** Reads the wait a server asks for in its headers: {@code retry-after-ms}, or {@code Retry-After} as seconds or date. */
final class RetryAfter {

    private static final double LONGEST_MILLIS = Duration.ofDays(1).toMillis();

    private RetryAfter() {}

    /** Null where there is none that makes sense. */
    static Duration of(Headers headers, Clock clock) {
        Duration precise = number(headers.get("retry-after-ms"), 1);
        if (precise != null) {
            return precise;
        }
        String value = headers.get("Retry-After");
        Duration seconds = number(value, 1000);
        return seconds != null ? seconds : date(value, clock);
    }

    /** Milliseconds from 0 to a day as a duration; null for anything else. */
    static Duration sane(double millis) {
        return millis >= 0 && millis <= LONGEST_MILLIS ? Duration.ofMillis(Math.round(millis)) : null;
    }

    private static Duration number(String value, int millisPerUnit) {
        if (value == null || !value.strip().matches("\\d{1,12}(\\.\\d{1,6})?")) {
            return null;
        }
        return sane(Math.ceil(Double.parseDouble(value.strip()) * millisPerUnit));
    }

    private static Duration date(String value, Clock clock) {
        if (value == null) {
            return null;
        }
        try {
            ZonedDateTime at = ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
            return sane(Math.max(
                    0, Duration.between(clock.instant(), at.toInstant()).toMillis()));
        } catch (DateTimeException e) {
            // Not a date either: as good as no header, the backoff takes over.
            return null;
        }
    }
}
