package io.jenkins.plugins.dedalus.proxy.directory;

import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Makes a record's routes: one per exposed port, the main one first. */
public final class RecordRoutes {
    private final HostPattern pattern;
    private final AccessMode access;

    /** Takes how hosts are named and who may view. */
    public RecordRoutes(HostPattern pattern, AccessMode access) {
        this.pattern = pattern;
        this.access = access;
    }

    /** The record's routes; one that shows only the waiting page while no port is exposed yet. */
    public List<Route> of(PreviewRecord record) {
        List<Route> routes = new ArrayList<>();
        for (ExposedPort port : record.ports().values()) {
            routes.add(route(record, port));
        }
        if (routes.isEmpty()) {
            routes.add(start(record, record.label()).state(state(record, null)).build());
        }
        return routes;
    }

    private Route route(PreviewRecord record, ExposedPort port) {
        Route.Builder route = start(record, port.label() == null ? record.label() : port.label())
                .port(port.name())
                .visibility(port.visibility())
                .state(state(record, port));
        if (record.machineId() != null && port.url() != null) {
            route.machine(record.machineId(), origin(port.url()));
        }
        return route.build();
    }

    private Route.Builder start(PreviewRecord record, String label) {
        return Route.builder(pattern.host(label))
                .previewId(record.key().id())
                .label(label)
                .change(record.key().repository(), record.key().changeId())
                .autosleep(record.autosleep().duration())
                .healthPath(record.healthPath())
                .startPath(record.startable() ? PreviewRecord.START_PATH : null)
                .problem(record.state() == PreviewState.FAILED ? record.told() : null)
                .answers(record.answers())
                .access(access);
    }

    /** While a newer commit is on its way, or after it failed, the machine still serves what it served before. */
    private static RouteState state(PreviewRecord record, ExposedPort port) {
        if (record.down()) {
            return RouteState.CLOSED;
        }
        boolean reachable = port != null && port.url() != null && record.machineId() != null;
        if (reachable && record.served()) {
            return RouteState.SERVING;
        }
        return record.state() == PreviewState.FAILED ? RouteState.FAILED : RouteState.PROVISIONING;
    }

    private static URI origin(String url) {
        URI whole = URI.create(url);
        return URI.create(whole.getScheme() + "://" + whole.getRawAuthority());
    }
}
