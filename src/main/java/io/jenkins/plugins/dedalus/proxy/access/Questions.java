package io.jenkins.plugins.dedalus.proxy.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How often the authority may be asked about sessions that this router did not give out: a few times at once and now and then
 * for each address, somewhat more for all of them. Who is over it has to sign in again, which is a click at most.
 */
final class Questions {
    private static final int BURST = 8;
    private static final Duration EACH = Duration.ofSeconds(10);
    private static final int BURST_OF_ALL = 64;
    private static final Duration EACH_OF_ALL = Duration.ofMillis(500);
    private static final int MOST_ADDRESSES = 10_000;

    private final Clock clock;
    private final Map<String, Bucket> buckets = new HashMap<>();
    private final Bucket all;

    Questions(Clock clock) {
        this.clock = clock;
        this.all = new Bucket(clock.instant());
    }

    /** The time at which a bucket will have been empty: what is taken moves it into the future. */
    private static final class Bucket {
        private Instant emptyAt;

        Bucket(Instant now) {
            emptyAt = now;
        }

        boolean hasRoom(Instant now, int burst, Duration each) {
            return emptyAt.isBefore(now.plus(each.multipliedBy(burst - 1L)).plusNanos(1));
        }

        void take(Instant now, Duration each) {
            emptyAt = (emptyAt.isBefore(now) ? now : emptyAt).plus(each);
        }
    }

    /** Whether one more may be asked for a viewer at this address. */
    synchronized boolean mayAsk(String address) {
        Instant now = clock.instant();
        if (buckets.size() >= MOST_ADDRESSES) {
            buckets.values().removeIf(bucket -> bucket.emptyAt.isBefore(now));
        }
        Bucket own = buckets.get(network(address));
        boolean room = own == null ? buckets.size() < MOST_ADDRESSES : own.hasRoom(now, BURST, EACH);
        if (!room || !all.hasRoom(now, BURST_OF_ALL, EACH_OF_ALL)) {
            return false;
        }
        buckets.computeIfAbsent(network(address), key -> new Bucket(now)).take(now, EACH);
        all.take(now, EACH_OF_ALL);
        return true;
    }

    /** Whoever has one IPv6 address has the 2^64 beside it. */
    private static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        int end = 0;
        for (int groups = 0; groups < 4 && end >= 0; groups++) {
            end = address.indexOf(':', end + 1);
        }
        return end < 0 ? address : address.substring(0, end);
    }
}
