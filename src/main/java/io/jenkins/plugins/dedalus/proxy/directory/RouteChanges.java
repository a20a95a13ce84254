package io.jenkins.plugins.dedalus.proxy.directory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What changed between two route lists, as JSON: {@code {"version": 1, "since": tag, "routes": [{"at": place, …}], "removed":
 * [host], "withdrawn": {…}}}. Who applies it compares the result's tag with the one that was announced, so that a mistake on
 * either side costs one more question and never a wrong list.
 */
final class RouteChanges {
    private RouteChanges() {}

    /** The changes; the whole list where routes that stayed the same changed places. */
    static String between(RouteList before, RouteList after, String tagBefore) {
        Map<String, Route> known = new LinkedHashMap<>();
        before.routes().forEach(route -> known.putIfAbsent(route.host(), route));
        Set<String> kept = new HashSet<>();
        List<String> keptInOrder = new ArrayList<>();
        ObjectNode json = RouteList.JSON.createObjectNode().put("version", RouteList.VERSION);
        json.put("since", tagBefore);
        ArrayNode changed = json.putArray("routes");
        for (int at = 0; at < after.routes().size(); at++) {
            Route route = after.routes().get(at);
            if (route.equals(known.get(route.host())) && kept.add(route.host())) {
                keptInOrder.add(route.host());
            } else {
                changed.add(RouteList.entry(route).put("at", at));
            }
        }
        List<String> stayed =
                before.routes().stream().map(Route::host).filter(kept::contains).toList();
        if (!stayed.equals(keptInOrder)) {
            return after.write();
        }
        ArrayNode removed = json.putArray("removed");
        known.keySet().stream().filter(host -> !kept.contains(host)).forEach(removed::add);
        RouteList.put(json, after.withdrawals());
        return json + "\n";
    }

    /**
     * The list that results.
     *
     * @throws IllegalArgumentException when the changes don't fit the list
     */
    static RouteList apply(RouteList before, JsonNode changes, AccessMode otherwise) {
        Set<String> removed = new HashSet<>();
        changes.path("removed").forEach(host -> removed.add(host.asText()));
        List<Route> routes = new ArrayList<>(before.routes());
        routes.removeIf(route -> removed.contains(route.host()));
        for (JsonNode entry : changes.path("routes")) {
            int at = entry.path("at").asInt(-1);
            if (at < 0 || at > routes.size()) {
                throw new IllegalArgumentException("The changes of the route list name a place that isn't there.");
            }
            routes.add(at, RouteList.route(entry, otherwise));
        }
        return new RouteList(routes, RouteList.withdrawals(changes));
    }
}
