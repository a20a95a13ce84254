package io.jenkins.plugins.dedalus.proxy.directory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.client.Visibility;
import io.jenkins.plugins.dedalus.proxy.AccessMode;
import io.jenkins.plugins.dedalus.proxy.Route;
import io.jenkins.plugins.dedalus.proxy.RouteState;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Routes as JSON: what a Jenkins tells its routers, what a router keeps for Jenkins' downtime, and what a static file holds.
 * docs/proxy-and-dns.md describes the format.
 */
public final class RouteList {
    private static final Logger LOG = Logger.getLogger(RouteList.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int VERSION = 1;

    private final List<Route> routes;

    /** Takes routes, a preview's main port before its others. */
    public RouteList(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    /** The routes, a preview's main port before its others. */
    public List<Route> routes() {
        return routes;
    }

    /** The JSON text; the same routes give the same text, so its hash is an ETag. */
    public String write() {
        ObjectNode json = JSON.createObjectNode().put("version", VERSION);
        ArrayNode array = json.putArray("routes");
        for (Route route : routes) {
            ObjectNode entry = array.addObject()
                    .put("host", route.host())
                    .put("previewId", route.previewId())
                    .put("label", route.label())
                    .put("repository", route.repository())
                    .put("changeId", route.changeId())
                    .put("port", route.port())
                    .put("machineId", route.machineId())
                    .put(
                            "upstream",
                            route.upstream() == null ? null : route.upstream().toString())
                    .put("healthPath", route.healthPath())
                    .put("startPath", route.startPath())
                    .put("visibility", route.visibility().value())
                    .put("access", word(route.access()))
                    .put("state", word(route.state()));
            entry.put(
                    "autosleepSeconds",
                    route.autosleep() == null ? null : route.autosleep().toSeconds());
        }
        return json + "\n";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads JSON. An entry that makes no sense is left out and logged: it must not take the others off the air.
     *
     * @param otherwise the access of entries that name none
     * @throws IllegalArgumentException with a sentence, when the whole is no route list
     */
    public static RouteList read(String text, AccessMode otherwise) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The route list is no JSON: " + e.getOriginalMessage() + ".", e);
        }
        if (json == null || !json.path("routes").isArray()) {
            throw new IllegalArgumentException("The route list has no array \"routes\".");
        }
        if (json.path("version").asInt(VERSION) != VERSION) {
            throw new IllegalArgumentException(
                    "The route list has version " + json.path("version").asText() + "; this router reads version "
                            + VERSION + ". Update the router.");
        }
        List<Route> routes = new ArrayList<>();
        for (JsonNode entry : json.path("routes")) {
            try {
                routes.add(route(entry, otherwise));
            } catch (IllegalArgumentException e) {
                LOG.log(Level.WARNING, "The route " + entry.path("host").asText("without a host") + " is left out.", e);
            }
        }
        return new RouteList(routes);
    }

    private static Route route(JsonNode entry, AccessMode otherwise) {
        String host = entry.path("host").asText("");
        Route.Builder route = Route.builder(host)
                .previewId(entry.path("previewId").asText(host))
                .change(text(entry, "repository"), text(entry, "changeId"))
                .port(entry.path("port").asText("web"))
                .healthPath(entry.path("healthPath").asText("/"))
                .startPath(text(entry, "startPath"))
                .visibility(Visibility.of(entry.path("visibility").asText("public")))
                .access(entry.hasNonNull("access") ? constant(AccessMode.class, entry, "access") : otherwise)
                .state(entry.hasNonNull("state") ? constant(RouteState.class, entry, "state") : RouteState.SERVING);
        if (entry.hasNonNull("label")) {
            route.label(entry.path("label").asText());
        }
        if (entry.hasNonNull("machineId") && entry.hasNonNull("upstream")) {
            route.machine(
                    entry.path("machineId").asText(),
                    URI.create(entry.path("upstream").asText()));
        }
        JsonNode autosleep = entry.path("autosleepSeconds");
        if (!autosleep.isMissingNode()) {
            route.autosleep(autosleep.isNull() ? null : Duration.ofSeconds(autosleep.asLong()));
        }
        return route.build();
    }

    private static String text(JsonNode entry, String key) {
        return entry.hasNonNull(key) ? entry.path(key).asText() : null;
    }

    private static <E extends Enum<E>> E constant(Class<E> type, JsonNode entry, String key) {
        return Enum.valueOf(type, entry.path(key).asText().toUpperCase(Locale.ROOT));
    }
}
