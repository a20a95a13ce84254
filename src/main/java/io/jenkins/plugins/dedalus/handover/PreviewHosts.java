package io.jenkins.plugins.dedalus.handover;

import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.listener.ViewerListener;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import io.jenkins.plugins.dedalus.proxy.directory.RecordRoutes;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The hosts that previews have, from the ledger and the configured public address alone. */
public final class PreviewHosts {
    private final HostPattern pattern;
    private final RecordRoutes routes;

    /** One host and the preview it belongs to. */
    public record Hosted(PreviewRecord record, Route route) {}

    private PreviewHosts(HostPattern pattern, AccessMode access) {
        this.pattern = pattern;
        this.routes = new RecordRoutes(pattern, access);
    }

    /** As configured now; empty while previews have no address of their own. */
    public static Optional<PreviewHosts> now() {
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        if (settings.getPublicUrl() == null) {
            return Optional.empty();
        }
        return Optional.of(new PreviewHosts(
                HostPattern.parse(settings.getPublicUrl()),
                AccessMode.valueOf(settings.getViewerAccess().toUpperCase(Locale.ROOT))));
    }

    /** The preview of this host, or the one that it is below. */
    public Optional<Hosted> find(String host) {
        PreviewEngines service = PreviewEngines.get();
        return ViewerListener.get().hosts().flatMap(hosts -> hosts.find(host)).flatMap(found -> service.recordById(
                        found.previewId())
                .filter(record -> routes.of(record).stream()
                        .anyMatch(route -> route.host().equals(found.above() == null ? host : found.above())))
                .map(record -> new Hosted(record, found)));
    }

    /** Every host; those of closed previews at the end. */
    List<Hosted> all() {
        PreviewEngines service = PreviewEngines.get();
        return Stream.concat(service.records().stream(), service.closedRecords().stream())
                .flatMap(record -> routes.of(record).stream().map(route -> new Hosted(record, route)))
                .toList();
    }

    /** The address of a host as viewers see it, with a trailing slash; made from the configuration. */
    String address(Route route) {
        return pattern.address(route.host()).toString();
    }
}
