package io.jenkins.plugins.dedalus.proxy.directory;

import io.jenkins.plugins.dedalus.proxy.Directory;
import io.jenkins.plugins.dedalus.proxy.Route;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A directory over a {@link RouteList} that is replaced as a whole. Thread-safe. */
public abstract class ListDirectory implements Directory, AutoCloseable {
    private volatile RouteList list = new RouteList(List.of());
    private volatile RouteTable table = new RouteTable(List.of(), Instant.EPOCH);

    ListDirectory() {}

    final void replace(RouteList fresh, Instant asOf) {
        list = fresh;
        table = new RouteTable(fresh.routes(), asOf);
    }

    /** The list is still true. */
    final void confirm(Instant asOf) {
        table = new RouteTable(list.routes(), asOf);
    }

    @Override
    public final Optional<Route> lookup(String host) {
        return table.lookup(host);
    }

    @Override
    public final Optional<Route> lookupChange(String repository, String changeId) {
        return table.lookupChange(repository, changeId);
    }

    @Override
    public final List<Route> routes() {
        return table.routes();
    }

    @Override
    public final Instant asOf() {
        return table.asOf();
    }

    /** Whether a list was read at all; until then nobody can be served. */
    public final boolean loaded() {
        return table.asOf().isAfter(Instant.EPOCH);
    }

    /** How the list is doing, for readiness and logs: where from, how many routes, how old if that matters. */
    public abstract String describe();

    /** Stops refreshing; what is known stays. */
    @Override
    public abstract void close();
}
