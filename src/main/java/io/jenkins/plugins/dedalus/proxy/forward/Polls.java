package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import io.jenkins.plugins.dedalus.proxy.spi.WakePolicy;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells requests that a page makes by itself from those of people: connecting again where it was connected or tried to be,
 * beacons, what is asked again and again in equal intervals, and loading itself anew long after anybody came. Thread-safe;
 * remembers a bounded number of a page's background requests for as long as they come.
 */
public final class Polls {
    private static final int MOST = 10_000;
    /** By how much of an interval a timer's requests are early or late. */
    private static final double UNEVEN = 0.2;
    /** For how long what a page loads by itself may still be what a person waits for, as our waiting page does it. */
    private static final long A_PERSONS = Duration.ofMinutes(5).toNanos();

    private final Map<Key, Rhythm> rhythms = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Rhythm> eldest) {
            return size() > MOST;
        }
    };

    /** Who asks for what; of the path its hash, for viewers choose how long it is. */
    private record Key(String host, String client, int path) {}

    private static final class Rhythm {
        private long last;
        private long gap;
        private int even;
        private boolean refused;

        void ask(long now) {
            long since = now - last;
            boolean same = gap > 0 && Math.abs(since - gap) <= gap * UNEVEN;
            even = same ? even + 1 : 0;
            gap = since;
            last = now;
        }
    }

    /**
     * Takes note of a request.
     *
     * @param nanoTime of {@link System#nanoTime}
     * @return whether the page makes it by itself
     */
    boolean isOwn(
            String host,
            String client,
            HttpMethod method,
            String uri,
            MultiMap headers,
            boolean upgrade,
            long nanoTime) {
        if (WakePolicy.isBeacon(method, headers)) {
            return true;
        }
        if (WakePolicy.isNavigation(method, headers)) {
            return isOldNews(key(host, client, "look"), WakePolicy.isReloadByScript(method, uri, headers), nanoTime);
        }
        if (WakePolicy.isConnecting(method, uri, headers, upgrade)) {
            synchronized (rhythms) {
                return rhythms.put(key(host, client, "connect " + uri), new Rhythm()) != null;
            }
        }
        if (!WakePolicy.mayBePoll(method, headers)) {
            return false;
        }
        Key key = key(host, client, uri);
        synchronized (rhythms) {
            Rhythm rhythm = rhythms.get(key);
            if (rhythm == null) {
                rhythm = new Rhythm();
                rhythm.last = nanoTime;
                rhythms.put(key, rhythm);
                return false;
            }
            rhythm.ask(nanoTime);
            // Refused, a page may ask less and less often: that is no person's doing either.
            rhythm.refused |= rhythm.even > 0;
            return rhythm.refused;
        }
    }

    /** The first is a person's in any case: this process may be younger than the page. */
    private boolean isOldNews(Key looks, boolean byScript, long nanoTime) {
        synchronized (rhythms) {
            Rhythm look = rhythms.get(looks);
            if (look != null && byScript) {
                return nanoTime - look.last > A_PERSONS;
            }
            rhythms.computeIfAbsent(looks, key -> new Rhythm()).last = nanoTime;
            return false;
        }
    }

    private static Key key(String host, String client, String uri) {
        return new Key(host, client, ViewerRequest.pathOf(uri).hashCode());
    }

    /** The preview answers again: whoever polled it is judged anew. */
    void awake(String host, String client, String uri) {
        synchronized (rhythms) {
            Rhythm rhythm = rhythms.get(key(host, client, uri));
            if (rhythm != null) {
                rhythm.refused = false;
            }
        }
    }
}
