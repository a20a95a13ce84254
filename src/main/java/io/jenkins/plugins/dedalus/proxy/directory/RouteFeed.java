package io.jenkins.plugins.dedalus.proxy.directory;

import io.jenkins.plugins.dedalus.proxy.access.revocation.Withdrawals;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Publishes a route list to its followers: nothing to those who have it, what changed to those who have a recent one, else
 * the whole. Thread-safe.
 */
public final class RouteFeed {
    /** Followers that poll every few seconds are at most a few lists behind. */
    private static final int REMEMBERED = 8;

    private final Supplier<RouteList> source;
    private final Map<String, RouteList> published = new LinkedHashMap<>();
    private RouteList last;
    private String lastTag;

    /**
     * One answer.
     *
     * @param status 200 or 304
     * @param tag the list's ETag, quoted
     * @param body JSON; null with 304
     */
    public record Reply(int status, String tag, String body) {}

    /** Publishes the routes, in order, and what was withdrawn. */
    public RouteFeed(Supplier<List<Route>> routes, Supplier<Withdrawals> withdrawals) {
        this.source = () -> new RouteList(routes.get(), withdrawals.get());
    }

    /**
     * Answers a follower.
     *
     * @param have the ETag of the list that the follower has; null for none
     * @param since the same, where the follower can apply changes to it; null where it can't
     */
    public synchronized Reply answer(String have, String since) {
        RouteList now = source.get();
        if (last == null || !now.equals(last)) {
            last = now;
            lastTag = now.tag();
            published.remove(lastTag);
            published.put(lastTag, now);
            if (published.size() > REMEMBERED) {
                published.remove(published.keySet().iterator().next());
            }
        }
        if (lastTag.equals(have)) {
            return new Reply(304, lastTag, null);
        }
        RouteList before = since == null ? null : published.get(since);
        return new Reply(200, lastTag, before == null ? now.write() : RouteChanges.between(before, now, since));
    }
}
