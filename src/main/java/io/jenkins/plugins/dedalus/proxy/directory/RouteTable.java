package io.jenkins.plugins.dedalus.proxy.directory;

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

    /** @param routes a preview's main port before its others */
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
        if (before != null && !before.repository().equals(route.repository())) {
            ambiguousNumbers.add(route.changeId());
        }
    }

    Optional<Route> lookup(String host) {
        return Optional.ofNullable(byHost.get(host));
    }

    /** The main port's route of a change request; without a repository only where the number is not ambiguous. */
    Optional<Route> lookupChange(String repository, String changeId) {
        if (repository != null) {
            return Optional.ofNullable(byChange.get(change(repository, changeId)));
        }
        return ambiguousNumbers.contains(changeId) ? Optional.empty() : Optional.ofNullable(byNumber.get(changeId));
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
