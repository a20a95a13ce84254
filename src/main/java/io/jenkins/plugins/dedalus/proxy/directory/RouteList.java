package io.jenkins.plugins.dedalus.proxy.directory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.model.Sha256;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import io.jenkins.plugins.dedalus.proxy.access.revocation.Withdrawals;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Routes as JSON: what an owner of previews (a Jenkins, a router) tells the routers that follow it, what these keep for the
 * owner's downtime, and what a static file holds. docs/proxy-and-dns.md describes the format.
 */
public final class RouteList {
    private static final Logger LOG = Logger.getLogger(RouteList.class.getName());
    static final ObjectMapper JSON = new ObjectMapper();
    static final int VERSION = 1;
    private static final int MOST_NAMED = 5;

    private final List<Route> routes;
    private final Withdrawals withdrawals;

    /** Takes routes, a preview's main port before its others. */
    public RouteList(List<Route> routes) {
        this(routes, Withdrawals.NONE);
    }

    /** Takes routes, a preview's main port before its others, and what was withdrawn of their share links. */
    public RouteList(List<Route> routes, Withdrawals withdrawals) {
        this.routes = List.copyOf(routes);
        this.withdrawals = withdrawals;
    }

    /** The routes, a preview's main port before its others. */
    public List<Route> routes() {
        return routes;
    }

    /** Which share links of these routes were withdrawn. */
    public Withdrawals withdrawals() {
        return withdrawals;
    }

    /** The JSON text; the same list gives the same text. */
    public String write() {
        ObjectNode json = JSON.createObjectNode().put("version", VERSION);
        ArrayNode array = json.putArray("routes");
        routes.forEach(route -> array.add(entry(route)));
        put(json, withdrawals);
        return json + "\n";
    }

    /** The list's ETag, quoted: the same list has the same one, wherever it was made. */
    public String tag() {
        return '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(write())) + '"';
    }

    static void put(ObjectNode json, Withdrawals withdrawals) {
        if (!withdrawals.equals(Withdrawals.NONE)) {
            ObjectNode withdrawn = json.putObject("withdrawn");
            withdrawals.links().stream().sorted().forEach(withdrawn.putArray("links")::add);
            ObjectNode epochs = withdrawn.putObject("epochs");
            new TreeMap<>(withdrawals.epochs()).forEach(epochs::put);
        }
    }

    static ObjectNode entry(Route route) {
        ObjectNode entry = JSON.createObjectNode()
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
        if (route.problem() != null) {
            entry.put("problem", route.problem());
        }
        put(entry, "responseMillis", route.answers().response());
        put(entry, "idleMillis", route.answers().idle());
        return entry.put(
                "autosleepSeconds",
                route.autosleep() == null ? null : route.autosleep().toSeconds());
    }

    private static void put(ObjectNode entry, String key, Duration limit) {
        if (limit != null) {
            entry.put(key, limit.toMillis());
        }
    }

    private static Duration millis(JsonNode entry, String key) {
        return entry.hasNonNull(key) ? Duration.ofMillis(entry.path(key).asLong()) : null;
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
        return read(text, otherwise, null, null);
    }

    /**
     * Reads JSON that may hold only what changed since a list that is known here.
     *
     * @param known the list that the changes may start from; null for none
     * @param knownTag the tag under which its owner knows it; null for none
     */
    static RouteList read(String text, AccessMode otherwise, RouteList known, String knownTag) {
        JsonNode json = parse(text);
        if (!json.hasNonNull("since")) {
            return new RouteList(routes(json, otherwise), withdrawals(json));
        }
        if (known == null || !json.path("since").asText().equals(knownTag)) {
            throw new IllegalArgumentException("The changes of the route list start from another list.");
        }
        return RouteChanges.apply(known, json, otherwise);
    }

    /** Whether a text that {@link #read} understood holds changes, and not a whole list. */
    static boolean isChanges(String text) {
        return parse(text).hasNonNull("since");
    }

    private static JsonNode parse(String text) {
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
        return json;
    }

    static Withdrawals withdrawals(JsonNode json) {
        JsonNode withdrawn = json.path("withdrawn");
        Set<String> links = new HashSet<>();
        withdrawn.path("links").forEach(link -> links.add(link.asText()));
        Map<String, Integer> epochs = new HashMap<>();
        withdrawn
                .path("epochs")
                .properties()
                .forEach(entry -> epochs.put(entry.getKey(), entry.getValue().asInt()));
        return new Withdrawals(links, epochs);
    }

    private static List<Route> routes(JsonNode json, AccessMode otherwise) {
        List<Route> routes = new ArrayList<>();
        int senseless = 0;
        for (JsonNode entry : json.path("routes")) {
            try {
                routes.add(route(entry, otherwise));
            } catch (IllegalArgumentException e) {
                if (senseless++ < MOST_NAMED) {
                    LOG.log(
                            Level.WARNING,
                            "The route " + entry.path("host").asText("without a host") + " is left out.",
                            e);
                }
            }
        }
        if (senseless > MOST_NAMED) {
            LOG.log(Level.WARNING, "{0} more routes are left out.", senseless - MOST_NAMED);
        }
        return routes;
    }

    static Route route(JsonNode entry, AccessMode otherwise) {
        String host = entry.path("host").asText("");
        Route.Builder route = Route.builder(host)
                .previewId(entry.path("previewId").asText(host))
                .change(text(entry, "repository"), text(entry, "changeId"))
                .port(entry.path("port").asText("web"))
                .healthPath(entry.path("healthPath").asText("/"))
                .startPath(text(entry, "startPath"))
                .visibility(Visibility.of(entry.path("visibility").asText("public")))
                .access(entry.hasNonNull("access") ? constant(AccessMode.class, entry, "access") : otherwise)
                .state(entry.hasNonNull("state") ? constant(RouteState.class, entry, "state") : RouteState.SERVING)
                .problem(text(entry, "problem"))
                .answers(new TimeLimits.Answers(millis(entry, "responseMillis"), millis(entry, "idleMillis")));
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

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof RouteList list
                        && routes.equals(list.routes)
                        && withdrawals.equals(list.withdrawals);
    }

    @Override
    public int hashCode() {
        return Objects.hash(routes, withdrawals);
    }
}
