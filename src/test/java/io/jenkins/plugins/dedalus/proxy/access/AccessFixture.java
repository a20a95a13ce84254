package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.access.revocation.MemoryRevocations;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Requests, routes and a clock for the access tests. */
final class AccessFixture {
    static final String HOST = "pr-1.previews.example.net";
    static final String API_HOST = "pr-1--api.previews.example.net";
    static final String HOSTILE = "pr-2.previews.example.net";

    final TickingClock clock = new TickingClock();
    final List<Runnable> scheduled = new ArrayList<>();
    final TestAuthority authority = new TestAuthority(clock);
    final ShareLinks links = new ShareLinks(new Signer(new byte[32]), new MemoryRevocations(), clock);
    final Map<String, Route> routes = new LinkedHashMap<>();
    final Set<String> foreign = new HashSet<>();
    private final Map<String, String> jar = new LinkedHashMap<>();

    final EngineScheduler scheduler = new EngineScheduler() {
        @Override
        public Runnable schedule(Duration delay, Runnable task) {
            scheduled.add(task);
            return () -> scheduled.remove(task);
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    };

    AccessFixture(AccessMode mode) {
        route(HOST, "1", mode);
        route(API_HOST, "1", mode);
        route(HOSTILE, "2", mode);
    }

    private void route(String host, String change, AccessMode mode) {
        routes.put(
                host,
                Route.builder(host)
                        .previewId("id-" + change)
                        .change("github.com/acme/shop", change)
                        .machine("dm-" + change, URI.create("https://x.dedaluslabs.ai"))
                        .access(mode)
                        .build());
    }

    Directory directory() {
        return new Directory() {
            @Override
            public Optional<Route> lookup(String host) {
                return Optional.ofNullable(routes.get(host));
            }

            @Override
            public boolean sameOwner(String host, String other) {
                return !foreign.contains(host) && !foreign.contains(other);
            }

            @Override
            public List<Route> routes() {
                return List.copyOf(routes.values());
            }

            @Override
            public Instant asOf() {
                return clock.instant();
            }
        };
    }

    ViewerAccess.Builder access() {
        return ViewerAccess.builder()
                .directory(directory())
                .signer(new Signer(new byte[32]))
                .scheduler(scheduler)
                .clock(clock)
                .links(links);
    }

    /** Runs what was scheduled so far once. */
    void sweep() {
        List<Runnable> due = List.copyOf(scheduled);
        scheduled.clear();
        due.forEach(Runnable::run);
    }

    ViewerRequest request(String method, String host, String uri, String... headers) {
        MultiMap map = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < headers.length; i += 2) {
            map.add(headers[i], headers[i + 1]);
        }
        if (!jar.isEmpty()) {
            map.add(
                    "Cookie",
                    jar.entrySet().stream()
                            .map(c -> c.getKey() + "=" + c.getValue())
                            .collect(Collectors.joining("; ")));
        }
        return new ViewerRequest(
                directory().find(host).orElseThrow(), method, uri, map, "192.0.2.1", "https", host, false);
    }

    /** A person opens a page. */
    ViewerRequest navigation(String host, String uri) {
        return request(
                "GET",
                host,
                uri,
                "Sec-Fetch-Mode",
                "navigate",
                "Sec-Fetch-Dest",
                "document",
                "Sec-Fetch-Site",
                "cross-site",
                "Accept",
                "text/html,*/*");
    }

    Decision ask(ViewerAccess access, ViewerRequest request) {
        Decision decision = access.admit(request).toCompletableFuture().join();
        headers(decision).forEach(header -> {
            if (header.getKey().equals("Set-Cookie")) {
                keep(header.getValue());
            }
        });
        return decision;
    }

    private void keep(String setCookie) {
        String pair = setCookie.substring(0, setCookie.indexOf(';'));
        String name = pair.substring(0, pair.indexOf('='));
        if (setCookie.contains("Max-Age=0;")) {
            jar.remove(name);
        } else {
            jar.put(name, pair.substring(name.length() + 1));
        }
    }

    Map<String, String> jar() {
        return jar;
    }

    static List<Map.Entry<String, String>> headers(Decision decision) {
        return decision instanceof Decision.Respond respond
                ? respond.headers()
                : ((Decision.Admit) decision).responseHeaders();
    }

    static String header(Decision decision, String name) {
        return headers(decision).stream()
                .filter(header -> header.getKey().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** A clock that stands until it is moved. */
    static final class TickingClock extends Clock {
        private Instant now = Instant.parse("2026-03-01T10:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
