package io.jenkins.plugins.dedalus.proxy.directory;

import io.jenkins.plugins.dedalus.proxy.access.revocation.Withdrawals;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The routes of several owners. A host that two of them claim stays with the one that is named first, but a preview that is
 * closed leaves its host to an open one; {@link #describe} says which hosts those are. One owner's absence leaves the others' routes alone.
 */
public final class MergedDirectory implements Directory, AutoCloseable {
    private static final int MOST_NAMED = 5;

    private final List<OwnerDirectory> owners;

    /** Asks the owners in this order; at least one. */
    public MergedDirectory(List<OwnerDirectory> owners) {
        this.owners = List.copyOf(owners);
    }

    /** Begins to ask all of them. */
    public void start() {
        owners.forEach(OwnerDirectory::start);
    }

    /** The owner whose route this host's is, or that of the host that it is below. */
    public Optional<OwnerDirectory> ownerOf(String host) {
        return ownerOfExactly(find(host).map(Route::above).orElse(host));
    }

    private Optional<OwnerDirectory> ownerOfExactly(String own) {
        OwnerDirectory closed = null;
        for (OwnerDirectory owner : owners) {
            Optional<Route> route = owner.lookup(own);
            if (route.isPresent() && route.get().open()) {
                return Optional.of(owner);
            }
            closed = closed == null && route.isPresent() ? owner : closed;
        }
        return Optional.ofNullable(closed);
    }

    /** The first owner that has a preview under the domain of a host which is nobody's. */
    public Optional<OwnerDirectory> nearest(String host) {
        return owners.stream().filter(owner -> owner.hasNear(host)).findFirst();
    }

    @Override
    public boolean sameOwner(String host, String other) {
        return ownerOf(host).equals(ownerOf(other));
    }

    @Override
    public Optional<Route> lookup(String host) {
        Route closed = null;
        for (OwnerDirectory owner : owners) {
            Optional<Route> route = owner.lookup(host);
            if (route.isPresent() && route.get().open()) {
                return route;
            }
            closed = closed == null ? route.orElse(null) : closed;
        }
        return Optional.ofNullable(closed);
    }

    /** A host below a preview's own is its owner's only where that owner may name it. */
    @Override
    public Optional<Route> find(String host) {
        return Directory.super
                .find(host)
                .filter(route -> route.above() == null
                        || ownerOfExactly(route.above())
                                .filter(owner -> owner.mayName(host))
                                .isPresent());
    }

    @Override
    public Optional<Route> lookupChange(String repository, String changeId) {
        List<Route> fits = owners.stream()
                .flatMap(owner -> owner.lookupChange(repository, changeId).stream())
                .filter(route -> lookup(route.host()).equals(Optional.of(route)))
                .toList();
        return Directory.meant(fits);
    }

    @Override
    public List<Route> routes() {
        Map<String, Route> all = new LinkedHashMap<>();
        owners.forEach(owner -> owner.routes()
                .forEach(route -> all.merge(
                        route.host(), route, (first, other) -> first.open() || !other.open() ? first : other)));
        return List.copyOf(all.values());
    }

    /** What the owner of a host withdrew; nothing where the host is nobody's. */
    public Withdrawals withdrawals(String host) {
        return ownerOf(host).map(OwnerDirectory::withdrawals).orElse(Withdrawals.NONE);
    }

    /** When the oldest of the lists was last known to be true. */
    @Override
    public Instant asOf() {
        return owners.stream()
                .map(OwnerDirectory::asOf)
                .min(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
    }

    /** Whether any list was read; until then nobody can be served. */
    public boolean loaded() {
        return owners.stream().anyMatch(OwnerDirectory::loaded);
    }

    /** How the lists are doing, and which hosts are claimed twice. */
    public String describe() {
        String lists = owners.stream().map(OwnerDirectory::describe).collect(Collectors.joining("; "));
        List<String> twice = claimedTwice();
        if (twice.isEmpty()) {
            return lists;
        }
        return lists + "; " + twice.size() + " hosts are claimed by more than one of them and stay with the first: "
                + twice.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (twice.size() > MOST_NAMED ? ", …" : "") + ". Give each its own domain or host pattern";
    }

    /** Closed previews claim nothing: their hosts may have gone to another owner. */
    private List<String> claimedTwice() {
        return owners.stream()
                .flatMap(owner -> owner.routes().stream())
                .filter(Route::open)
                .collect(Collectors.groupingBy(Route::host, LinkedHashMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .filter(entry -> entry.getValue() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public void close() {
        owners.forEach(OwnerDirectory::close);
    }
}
