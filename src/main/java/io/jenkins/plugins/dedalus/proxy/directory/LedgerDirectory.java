package io.jenkins.plugins.dedalus.proxy.directory;

import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Routes straight from the ledger this process owns: a change in the ledger is seen by the next look-up. The writer of a
 * record brings its routes up to date, so that no look-up ever pays for it. A preview whose record is gone is remembered as
 * closed for a week (1,000 hosts at most), so that its viewers read why.
 */
public final class LedgerDirectory implements Directory, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LedgerDirectory.class.getName());
    private static final Duration REMEMBERED = Duration.ofDays(7);
    private static final int MOST_REMEMBERED = 1000;
    /** No preview's id begins so. */
    private static final String GONE = "\0gone ";

    private final RecordRoutes routesOf;
    private final Clock clock;
    private final RouteIndex<Rank> index = new RouteIndex<>(Rank.ORDER);
    private final Map<String, Instant> gone = new LinkedHashMap<>();
    private final Runnable listening;

    /** Who keeps a host that several claim: open previews before closed ones before those gone, the oldest first. */
    private record Rank(int group, Instant since) {
        static final Comparator<Rank> ORDER = Comparator.comparingInt(Rank::group)
                .thenComparing(Rank::since, Comparator.nullsLast(Comparator.<Instant>naturalOrder()));

        static final Rank GONE = new Rank(2, null);

        static Rank of(PreviewRecord record) {
            return record.state() == PreviewState.CLOSED ? new Rank(1, null) : new Rank(0, record.createdAt());
        }
    }

    /** Reads the ledger now and follows it until it is closed. */
    public LedgerDirectory(PreviewLedger ledger, RecordRoutes routesOf, Clock clock) {
        this.routesOf = routesOf;
        this.clock = clock;
        this.listening = ledger.listen(this::changed);
    }

    @Override
    public Optional<Route> lookup(String host) {
        return index.lookup(host);
    }

    @Override
    public Optional<Route> lookupChange(String repository, String changeId) {
        return index.lookupChange(repository, changeId);
    }

    @Override
    public List<Route> routes() {
        return index.routes();
    }

    @Override
    public int size() {
        return index.size();
    }

    /** Now: the ledger in this process is the truth. */
    @Override
    public Instant asOf() {
        return clock.instant();
    }

    /** How often a preview's routes changed, or one came or went; other changes of a record don't count. */
    int changes() {
        return index.changes();
    }

    /** Stops following; what is known stays. */
    @Override
    public void close() {
        listening.run();
    }

    private synchronized void changed(PreviewRecord before, PreviewRecord after) {
        String id = (after == null ? before : after).key().id();
        List<Route> routes = after == null ? List.of() : routes(after);
        Set<String> hosts = routes.stream().map(Route::host).collect(Collectors.toSet());
        List<Route> leaving = index.of(id).stream()
                .filter(route -> !hosts.contains(route.host()))
                .toList();
        leaving.forEach(this::remember);
        index.put(id, after == null ? Rank.GONE : Rank.of(after), routes);
        leaving.stream().filter(route -> !isGone(route.host())).forEach(route -> forget(route.host()));
        hosts.forEach(this::forget);
        tidy();
    }

    private boolean isGone(String host) {
        return index.of(GONE + host).equals(index.lookup(host).stream().toList());
    }

    private List<Route> routes(PreviewRecord record) {
        try {
            return routesOf.of(record);
        } catch (IllegalArgumentException e) {
            // One odd record must not take the others off the air.
            LOG.log(Level.WARNING, "Preview " + record.key().id() + " has no route: " + e.getMessage(), e);
            return List.of();
        }
    }

    private void remember(Route route) {
        gone.put(route.host(), clock.instant());
        index.put(GONE + route.host(), Rank.GONE, List.of(closed(route)));
    }

    private void forget(String host) {
        if (gone.remove(host) != null) {
            index.put(GONE + host, Rank.GONE, List.of());
        }
    }

    private void tidy() {
        Instant now = clock.instant();
        Iterator<Map.Entry<String, Instant>> oldest = gone.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<String, Instant> next = oldest.next();
            if (gone.size() <= MOST_REMEMBERED
                    && next.getValue().plus(REMEMBERED).isAfter(now)) {
                return;
            }
            oldest.remove();
            index.put(GONE + next.getKey(), Rank.GONE, List.of());
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
