package io.jenkins.plugins.dedalus.proxy.directory;

import io.jenkins.plugins.dedalus.preview.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.proxy.Directory;
import io.jenkins.plugins.dedalus.proxy.Route;
import io.jenkins.plugins.dedalus.proxy.RouteState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Routes straight from the ledger this process owns: a change in the ledger is seen by the next look-up. A preview whose
 * record is gone is remembered as closed for a week (1,000 hosts at most), so that its viewers read why.
 */
public final class LedgerDirectory implements Directory {
    private static final Logger LOG = Logger.getLogger(LedgerDirectory.class.getName());
    private static final Duration REMEMBERED = Duration.ofDays(7);
    private static final int MOST_REMEMBERED = 1000;

    private final PreviewLedger ledger;
    private final RecordRoutes routesOf;
    private final Clock clock;
    private final Map<String, Closed> gone = new LinkedHashMap<>();
    private volatile Snapshot snapshot;

    private record Snapshot(long version, RouteTable table) {}

    private record Closed(Route route, Instant at) {}

    /** Reads the ledger now and again whenever it changed. */
    public LedgerDirectory(PreviewLedger ledger, RecordRoutes routesOf, Clock clock) {
        this.ledger = ledger;
        this.routesOf = routesOf;
        this.clock = clock;
        this.snapshot = new Snapshot(-1, new RouteTable(List.of(), clock.instant()));
        table();
    }

    @Override
    public Optional<Route> lookup(String host) {
        return table().lookup(host);
    }

    @Override
    public Optional<Route> lookupChange(String repository, String changeId) {
        return table().lookupChange(repository, changeId);
    }

    @Override
    public List<Route> routes() {
        return table().routes();
    }

    /** Now: the ledger in this process is the truth. */
    @Override
    public Instant asOf() {
        return clock.instant();
    }

    private RouteTable table() {
        Snapshot current = snapshot;
        return current.version() == ledger.version() ? current.table() : rebuild();
    }

    private synchronized RouteTable rebuild() {
        // The version is read first: a change in between only costs one more rebuild.
        long version = ledger.version();
        Snapshot before = snapshot;
        if (before.version() == version) {
            return before.table();
        }
        List<PreviewRecord> records = new ArrayList<>(ledger.list());
        records.sort(Comparator.comparing(
                PreviewRecord::createdAt, Comparator.nullsLast(Comparator.<Instant>naturalOrder())));
        // Behind the others: an open preview may have taken the host over.
        records.addAll(ledger.closed());
        List<Route> routes = new ArrayList<>();
        for (PreviewRecord record : records) {
            try {
                routes.addAll(routesOf.of(record));
            } catch (IllegalArgumentException e) {
                // One odd record must not take the others off the air.
                LOG.log(Level.WARNING, "Preview " + record.key().id() + " has no route: " + e.getMessage(), e);
            }
        }
        remember(before.table(), routes);
        gone.values().forEach(closed -> routes.add(closed.route()));
        RouteTable table = new RouteTable(routes, clock.instant());
        snapshot = new Snapshot(version, table);
        return table;
    }

    private void remember(RouteTable before, List<Route> routes) {
        Instant now = clock.instant();
        before.routes().stream()
                .filter(route -> !gone.containsKey(route.host()))
                .forEach(route -> gone.put(route.host(), new Closed(closed(route), now)));
        routes.forEach(route -> gone.remove(route.host()));
        gone.values().removeIf(closed -> closed.at().plus(REMEMBERED).isBefore(now));
        var oldest = gone.keySet().iterator();
        for (int surplus = gone.size() - MOST_REMEMBERED; surplus > 0; surplus--) {
            oldest.next();
            oldest.remove();
        }
    }

    private static Route closed(Route route) {
        return Route.builder(route.host())
                .previewId(route.previewId())
                .label(route.label())
                .change(route.repository(), route.changeId())
                .port(route.port())
                .access(route.access())
                .state(RouteState.CLOSED)
                .build();
    }
}
