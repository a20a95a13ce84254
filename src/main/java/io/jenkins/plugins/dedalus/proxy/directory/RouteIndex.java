package io.jenkins.plugins.dedalus.proxy.directory;

import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Routes by host and by change request. Each owner (a preview) brings its own, and changing those of one touches no other's.
 * Where two claim one host, the one of the lower rank has it. Thread-safe; look-ups wait for nobody.
 *
 * @param <R> what decides between owners; one that changes wants the owner's routes to be put again
 */
final class RouteIndex<R> {
    private final Map<String, List<Claim<R>>> byHost = new ConcurrentHashMap<>();
    private final Map<String, List<Claim<R>>> byChange = new ConcurrentHashMap<>();
    private final Map<String, List<Claim<R>>> byOwner = new HashMap<>();
    private final Comparator<Claim<R>> order;
    private int changes;
    /** Null after a change. */
    private List<Route> listed;

    /**
     * A host that an owner wants.
     *
     * @param place among the owner's own: the main port has 0
     */
    private record Claim<R>(String owner, R rank, int place, Route route) {}

    RouteIndex(Comparator<? super R> ranks) {
        order = Comparator.<Claim<R>, R>comparing(Claim::rank, ranks)
                .thenComparing(Claim::owner)
                .thenComparingInt(Claim::place);
    }

    /** An index of a list in which the earlier route keeps a host. */
    static RouteIndex<Integer> of(List<Route> routes) {
        RouteIndex<Integer> index = new RouteIndex<>(Comparator.<Integer>naturalOrder());
        for (int i = 0; i < routes.size(); i++) {
            index.put(Integer.toString(i), i, List.of(routes.get(i)));
        }
        return index;
    }

    /**
     * Replaces what the owner had.
     *
     * @param routes the main port's first; none to forget the owner
     * @return whether anything changed
     */
    synchronized boolean put(String owner, R rank, List<Route> routes) {
        List<Claim<R>> before = byOwner.getOrDefault(owner, List.of());
        List<Claim<R>> after = new ArrayList<>(routes.size());
        for (Route route : routes) {
            after.add(new Claim<>(owner, rank, after.size(), route));
        }
        if (before.equals(after)) {
            return false;
        }
        // First what comes, then what goes: a host that stays is found at every moment.
        after.stream().filter(claim -> !before.contains(claim)).forEach(this::add);
        before.stream().filter(claim -> !after.contains(claim)).forEach(this::remove);
        if (after.isEmpty()) {
            byOwner.remove(owner);
        } else {
            byOwner.put(owner, List.copyOf(after));
        }
        changes++;
        listed = null;
        return true;
    }

    private void add(Claim<R> claim) {
        byHost.merge(claim.route().host(), List.of(claim), this::merged);
        if (claim.route().changeId() != null && claim.route().repository() != null) {
            byChange.merge(claim.route().changeId(), List.of(claim), this::merged);
        }
    }

    private List<Claim<R>> merged(List<Claim<R>> some, List<Claim<R>> more) {
        List<Claim<R>> all = new ArrayList<>(some);
        all.addAll(more);
        all.sort(order);
        return List.copyOf(all);
    }

    private void remove(Claim<R> claim) {
        byHost.computeIfPresent(claim.route().host(), (host, claims) -> without(claims, claim));
        if (claim.route().changeId() != null) {
            byChange.computeIfPresent(claim.route().changeId(), (change, claims) -> without(claims, claim));
        }
    }

    private static <R> List<Claim<R>> without(List<Claim<R>> claims, Claim<R> gone) {
        List<Claim<R>> left =
                claims.stream().filter(claim -> !claim.equals(gone)).toList();
        return left.isEmpty() ? null : left;
    }

    /** The routes that an owner brought, whether it has their hosts or not. */
    synchronized List<Route> of(String owner) {
        return byOwner.getOrDefault(owner, List.of()).stream().map(Claim::route).toList();
    }

    Optional<Route> lookup(String host) {
        List<Claim<R>> claims = byHost.get(host);
        return claims == null ? Optional.empty() : Optional.of(claims.get(0).route());
    }

    /**
     * The main port's route of a change request. A repository may be given in any spelling, also as {@code owner/name} alone;
     * without one only a number that is not ambiguous finds anything.
     */
    Optional<Route> lookupChange(String repository, String changeId) {
        List<Claim<R>> claims = changeId == null ? null : byChange.get(changeId);
        if (claims == null) {
            return Optional.empty();
        }
        Map<String, Route> byRepository = new LinkedHashMap<>();
        for (Claim<R> claim : claims) {
            if (byHost.getOrDefault(claim.route().host(), List.of(claim)).get(0).equals(claim)) {
                byRepository.putIfAbsent(claim.route().repository(), claim.route());
            }
        }
        if (repository == null || repository.isBlank()) {
            return Directory.meant(List.copyOf(byRepository.values()));
        }
        String name = PreviewKey.normaliseRepository(repository);
        Route exact = byRepository.get(name);
        if (exact != null) {
            return Optional.of(exact);
        }
        return Directory.meant(byRepository.values().stream()
                .filter(route -> route.repository().endsWith("/" + name))
                .toList());
    }

    /** One route for each host, in order; made when asked for, kept until the next change. */
    synchronized List<Route> routes() {
        if (listed == null) {
            listed = byHost.values().stream()
                    .map(claims -> claims.get(0))
                    .sorted(order)
                    .map(Claim::route)
                    .toList();
        }
        return listed;
    }

    /** How many hosts there are. */
    int size() {
        return byHost.size();
    }

    /** How often an owner's routes changed. */
    synchronized int changes() {
        return changes;
    }
}
