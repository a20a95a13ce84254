package io.jenkins.plugins.dedalus.proxy.page;

import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import io.jenkins.plugins.dedalus.proxy.spi.WaitingPages;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The pages viewers see: under 10 KiB each, no external asset, light and dark, a policy that allows their own style and
 * script only. Immutable; every page comes from memory.
 */
public final class WaitingPage implements WaitingPages {
    private static final String HTML = "text/html; charset=utf-8";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Clock clock;
    private final Template waiting;
    private final Template problem;
    private final Template retry;
    private final String waitingPolicy;
    private final String problemPolicy;

    /** Loads the pages. */
    public WaitingPage(Clock clock) {
        this.clock = clock;
        String css = Template.resource("page.css");
        String js = Template.resource("waiting.js");
        String again = "<a class=\"again\" href=\"\">Try again</a>";
        waiting = new Template(Template.resource("waiting.html"), Map.of("css", css, "js", js));
        problem = new Template(Template.resource("problem.html"), Map.of("css", css, "again", ""));
        retry = new Template(Template.resource("problem.html"), Map.of("css", css, "again", again));
        String common = "default-src 'none'; style-src " + Template.cspHash(css)
                + "; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
        waitingPolicy = common + "; script-src " + Template.cspHash(js) + "; connect-src 'self'";
        problemPolicy = common;
    }

    @Override
    public Page waiting(Route route, Instant since) {
        boolean provisioning = route.state() == RouteState.PROVISIONING;
        Duration age = Duration.between(since, clock.instant());
        long millis = Math.max(0, age.toMillis());
        Map<String, String> values = new HashMap<>();
        values.put("title", provisioning ? "Preparing the preview" : "Waking the preview");
        values.put("about", about(route));
        values.put("label", route.label());
        values.put("since", UTC.format(since));
        values.put("age", Long.toString(millis));
        values.put("seconds", millis / 1000 + " s");
        values.put(
                "footer",
                provisioning
                        ? "Its first deployment is under way. This page opens the preview as soon as it answers."
                        : "It slept because nobody was looking. This page opens the preview as soon as it answers.");
        return new Page(HTML, waiting.fill(values), waitingPolicy);
    }

    @Override
    public Page status(Route route, Progress progress, Instant since) {
        String at = since == null ? "null" : "\"" + since + "\"";
        String json = "{\"state\":\"" + progress.name().toLowerCase(Locale.ROOT) + "\",\"preview\":\""
                + plain(route.label()) + "\",\"since\":" + at + "}\n";
        return new Page("application/json", json, null);
    }

    @Override
    public Page buildFailed(Route route, boolean html) {
        String sentence = (route.problem() == null ? "The last build failed." : route.problem())
                + " This address opens the preview again after the next build that succeeds.";
        if (html) {
            return problem(route, 503, sentence, true);
        }
        String json = "{\"error\":\"build_failed\",\"message\":\"" + plain(sentence) + "\",\"preview\":\""
                + plain(route.label()) + "\"}\n";
        return new Page("application/json", json, null);
    }

    /** What may stand in a JSON string as it is. */
    private static String plain(String text) {
        return text.replaceAll("[\\\\\"\\p{Cntrl}]", "");
    }

    @Override
    public Page problem(Route route, int status, String sentence, boolean html) {
        if (!html) {
            return new Page(TEXT, sentence + "\n", null);
        }
        Map<String, String> values = new HashMap<>();
        values.put("title", title(route, status));
        values.put("sentence", sentence);
        values.put("status", Integer.toString(status));
        values.put("label", route == null ? "" : " · " + route.label());
        return new Page(HTML, (status >= 500 ? retry : problem).fill(values), problemPolicy);
    }

    private static String about(Route route) {
        if (route.changeId() == null) {
            return route.host();
        }
        return "Pull request #" + route.changeId() + (route.repository() == null ? "" : " of " + route.repository());
    }

    private static String title(Route route, int status) {
        if (route != null && route.state() == RouteState.FAILED) {
            return "The last build failed";
        }
        return switch (status) {
            case 404 -> "There is no preview here";
            case 410 ->
                route == null || route.changeId() == null
                        ? "This preview is gone"
                        : "The preview of #" + route.changeId() + " is gone";
            case 502 -> "The preview does not answer";
            case 504 -> "The preview did not wake";
            default -> status >= 500 ? "The preview is not there yet" : "This did not work";
        };
    }
}
