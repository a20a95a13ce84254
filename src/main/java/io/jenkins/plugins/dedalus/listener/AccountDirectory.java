package io.jenkins.plugins.dedalus.listener;

import io.jenkins.plugins.dedalus.accounts.AccountEngine;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.accounts.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import io.jenkins.plugins.dedalus.proxy.directory.LedgerDirectory;
import io.jenkins.plugins.dedalus.proxy.directory.RecordRoutes;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The routes of all accounts' ledgers. Where two of them claim one host, the older account keeps it. */
final class AccountDirectory implements Directory, AutoCloseable {
    private final PreviewEngines service;
    private final RecordRoutes routes;
    private final Clock clock = Clock.systemUTC();
    private final Map<AccountEngine, LedgerDirectory> directories = new ConcurrentHashMap<>();

    AccountDirectory(PreviewEngines service, String publicUrl, String viewerAccess) {
        this.service = service;
        this.routes = new RecordRoutes(
                HostPattern.parse(publicUrl), AccessMode.valueOf(viewerAccess.toUpperCase(Locale.ROOT)));
    }

    /** None while Jenkins shuts down: a directory never throws. */
    private List<AccountEngine> engines() {
        try {
            return service.accounts();
        } catch (PreviewsUnavailableException e) {
            return List.of();
        }
    }

    private LedgerDirectory of(AccountEngine engine) {
        return directories.computeIfAbsent(engine, e -> new LedgerDirectory(e.ledger(), routes, clock));
    }

    /** The engine behind a route; empty once it is gone. */
    Optional<AccountEngine> engine(Route route) {
        String own = route.above() == null ? route.host() : route.above();
        return engines().stream()
                .filter(engine -> of(engine).lookup(own).filter(Route::open).isPresent())
                .findFirst();
    }

    /** An open preview's host, else that of a closed one. */
    @Override
    public Optional<Route> lookup(String host) {
        Optional<Route> found = Optional.empty();
        for (AccountEngine engine : engines()) {
            Optional<Route> route = of(engine).lookup(host);
            if (route.filter(Route::open).isPresent()) {
                return route;
            }
            found = found.or(() -> route);
        }
        return found;
    }

    @Override
    public Optional<Route> lookupChange(String repository, String changeId) {
        List<Route> found = engines().stream()
                .flatMap(engine -> of(engine).lookupChange(repository, changeId).stream())
                .toList();
        return Directory.meant(found);
    }

    @Override
    public List<Route> routes() {
        return engines().stream()
                .flatMap(engine -> of(engine).routes().stream())
                .toList();
    }

    @Override
    public int size() {
        return engines().stream().mapToInt(engine -> of(engine).size()).sum();
    }

    /** Now: the ledgers in this process are the truth. */
    @Override
    public Instant asOf() {
        return clock.instant();
    }

    /** Stops following the ledgers. */
    @Override
    public void close() {
        directories.values().forEach(LedgerDirectory::close);
    }
}
