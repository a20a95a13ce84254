package io.jenkins.plugins.dedalus.router.admin;

import io.jenkins.plugins.dedalus.proxy.directory.RouteFeed;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;

/**
 * {@code GET /api/v1/routes}: what routers that follow this one poll, with {@code If-None-Match}, and {@code since} where
 * they understand changes. A token of its own opens this and nothing else.
 */
public final class RoutesEndpoint {
    static final String PATH = "/api/v1/routes";
    private static final String CACHING = "private, no-cache";
    private static final byte[] NOTHING = new byte[0];

    private final RouteFeed feed;
    private final byte[] token;

    /** @param token of followers; null: only the admin token opens it */
    public RoutesEndpoint(RouteFeed feed, String token) {
        this.feed = feed;
        this.token = token == null ? new byte[0] : token.getBytes(StandardCharsets.UTF_8);
    }

    boolean opens(String bearer) {
        return token.length > 0 && MessageDigest.isEqual(token, bearer.getBytes(StandardCharsets.UTF_8));
    }

    void answer(AdminReply reply) {
        if (!"GET".equals(reply.method())) {
            reply.send(405, Map.of("Cache-Control", CACHING, "Allow", "GET"), NOTHING);
            return;
        }
        // A follower may keep a list that it can't apply changes to: then it says what it has, but not "since".
        RouteFeed.Reply news = feed.answer(reply.header("If-None-Match"), since(reply.query()));
        if (news.body() == null) {
            reply.send(news.status(), Map.of("Cache-Control", CACHING, "ETag", news.tag()), NOTHING);
            return;
        }
        reply.send(
                news.status(),
                Map.of("Cache-Control", CACHING, "ETag", news.tag(), "Content-Type", "application/json; charset=utf-8"),
                news.body().getBytes(StandardCharsets.UTF_8));
    }

    private static String since(String query) {
        if (query == null || !query.startsWith("since=")) {
            return null;
        }
        return URLDecoder.decode(query.substring("since=".length()), StandardCharsets.UTF_8);
    }
}
