package io.jenkins.plugins.dedalus.proxy.directory;

import io.jenkins.plugins.dedalus.proxy.access.revocation.Withdrawals;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A directory over a {@link RouteList} that is replaced as a whole. Thread-safe. */
public abstract class ListDirectory implements Directory, AutoCloseable {
    private volatile RouteIndex<Integer> index = RouteIndex.of(List.of());
    private volatile Set<String> domains = Set.of();
    private volatile Withdrawals withdrawals = Withdrawals.NONE;
    private volatile Instant asOf = Instant.EPOCH;
    private volatile Runnable listener = () -> {};

    ListDirectory() {}

    final void replace(RouteList fresh, Instant at) {
        index = RouteIndex.of(fresh.routes());
        domains = fresh.routes().stream().map(route -> domain(route.host())).collect(Collectors.toUnmodifiableSet());
        withdrawals = fresh.withdrawals();
        asOf = at;
        listener.run();
    }

    /** Whether there is a preview under the same domain as this host would be. */
    final boolean hasNear(String host) {
        return domains.contains(domain(host));
    }

    private static String domain(String host) {
        return host.substring(host.indexOf('.') + 1);
    }

    /** Which share links the owner of these routes withdrew. */
    public final Withdrawals withdrawals() {
        return withdrawals;
    }

    /** Sets what runs after every change of the list; must not wait. */
    public final void listener(Runnable value) {
        listener = value;
    }

    /** The list is still true. */
    final void confirm(Instant at) {
        asOf = at;
    }

    @Override
    public final Optional<Route> lookup(String host) {
        return index.lookup(host);
    }

    @Override
    public final Optional<Route> lookupChange(String repository, String changeId) {
        return index.lookupChange(repository, changeId);
    }

    @Override
    public final List<Route> routes() {
        return index.routes();
    }

    @Override
    public final int size() {
        return index.size();
    }

    @Override
    public final Instant asOf() {
        return asOf;
    }

    /** Whether a list was read at all; until then nobody can be served. */
    public final boolean loaded() {
        return asOf.isAfter(Instant.EPOCH);
    }

    /** How the list is doing, for readiness and logs: where from, how many routes, how old if that matters. */
    public abstract String describe();

    /** Stops refreshing; what is known stays. */
    @Override
    public abstract void close();
}
