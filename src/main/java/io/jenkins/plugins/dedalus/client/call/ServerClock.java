package io.jenkins.plugins.dedalus.client.call;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The server's time, as the {@code Date} of its answers tells it. Time stamps of the server are compared with this and never
 * with the clock of this machine, which may be wrong or set anew at any moment: between two answers the time goes on by the
 * process's monotonic clock. Thread-safe.
 *
 * <p>A {@code Date} was written between the sending of the request and the arrival of the answer, and names a whole second.
 * So each answer gives two bounds, however slow it is, and many together a narrow pair. An answer that contradicts those
 * before it is believed once the next one says the same.
 */
public final class ServerClock {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long EARLIEST = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();
    private static final long LATEST = Instant.parse("2200-01-01T00:00:00Z").getEpochSecond();

    private final LongSupplier nanoTime;
    private volatile Bounds bounds;
    private Bounds doubted;

    /** The least and the most that the server's time can be ahead of the monotonic clock, in nanoseconds. */
    private record Bounds(long low, long high) {
        /** What both allow; null if they contradict each other. */
        Bounds and(Bounds other) {
            Bounds both = new Bounds(Math.max(low, other.low), Math.min(high, other.high));
            return both.low <= both.high ? both : null;
        }
    }

    public ServerClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Now, by the monotonic clock; only differences mean anything. */
    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    /**
     * Learns from an answer.
     *
     * @param date its {@code Date}; null or no date tells nothing
     * @param sent when its request was about to be sent, by {@link #nanoTime}
     */
    public synchronized void answered(String date, long sent) {
        long received = nanoTime();
        Long seconds = seconds(date);
        if (seconds == null) {
            return;
        }
        long at = seconds * SECOND;
        Bounds fresh = new Bounds(at - received, at + SECOND - sent);
        Bounds agreed = bounds == null ? fresh : bounds.and(fresh);
        if (agreed == null && doubted != null) {
            agreed = doubted.and(fresh);
        }
        doubted = agreed == null ? fresh : null;
        bounds = agreed == null ? bounds : agreed;
    }

    private static Long seconds(String date) {
        if (date == null) {
            return null;
        }
        try {
            long seconds = ZonedDateTime.parse(date.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toEpochSecond();
            return seconds < EARLIEST || seconds > LATEST ? null : seconds;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** The server's time is this or later; usually by less than a second. Empty while no answer named a date. */
    public Optional<Instant> earliest() {
        Bounds known = bounds;
        return known == null ? Optional.empty() : Optional.of(at(known.low()));
    }

    /** The server's time is this or earlier. Empty while no answer named a date. */
    public Optional<Instant> latest() {
        Bounds known = bounds;
        return known == null ? Optional.empty() : Optional.of(at(known.high()));
    }

    private Instant at(long ahead) {
        long nanos = nanoTime() + ahead;
        return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
    }
}
