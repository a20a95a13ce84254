package io.jenkins.plugins.dedalus.proxy.directory;

import io.jenkins.plugins.dedalus.preview.PreviewKey;
import io.jenkins.plugins.dedalus.proxy.Directory;
import io.jenkins.plugins.dedalus.proxy.Route;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An immutable list of routes with its indexes. Where two routes claim one host, the first keeps it. */
final class RouteTable {
    private final Map<String, Route> byHost = new LinkedHashMap<>();
    private final Map<String, Route> byChange = new HashMap<>();
    private final Map<String, Route> byNumber = new HashMap<>();
    private final Set<String> ambiguousNumbers = new HashSet<>();
    private final Instant asOf;

    /** @param routes a preview's main port before its others, closed previews last */
    RouteTable(List<Route> routes, Instant asOf) {
        this.asOf = asOf;
        for (Route route : routes) {
            if (byHost.putIfAbsent(route.host(), route) == null) {
                index(route);
            }
        }
    }

    private void index(Route route) {
        if (route.changeId() == null || route.repository() == null) {
            return;
        }
        byChange.putIfAbsent(change(route.repository(), route.changeId()), route);
        Route before = byNumber.putIfAbsent(route.changeId(), route);
        if (before != null && route.open() && !before.repository().equals(route.repository())) {
            ambiguousNumbers.add(route.changeId());
        }
    }

    Optional<Route> lookup(String host) {
        return Optional.ofNullable(byHost.get(host));
    }

    /**
     * The main port's route of a change request. A repository may be given in any spelling, also as {@code owner/name} alone;
     * without one only a number that is not ambiguous finds anything.
     */
    Optional<Route> lookupChange(String repository, String changeId) {
        if (repository == null || repository.isBlank()) {
            return ambiguousNumbers.contains(changeId) ? Optional.empty() : Optional.ofNullable(byNumber.get(changeId));
        }
        String name = PreviewKey.normaliseRepository(repository);
        Route exact = byChange.get(change(name, changeId));
        if (exact != null) {
            return Optional.of(exact);
        }
        List<Route> fits = byChange.values().stream()
                .filter(route ->
                        route.changeId().equals(changeId) && route.repository().endsWith("/" + name))
                .toList();
        return Directory.meant(fits);
    }

    List<Route> routes() {
        return List.copyOf(byHost.values());
    }

    Instant asOf() {
        return asOf;
    }

    private static String change(String repository, String changeId) {
        return repository + "\n" + changeId;
    }
}
