package io.jenkins.plugins.dedalus.emulator.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Which controller answers what. */
final class Routes {
    /** Answers a call, at once or later. Throws refusals. */
    interface Handler {
        CompletionStage<Answer> handle(Call call);
    }

    /** A handler and what the path says. */
    record Match(Handler handler, Map<String, String> variables) {}

    private record Route(String method, String[] template, Handler handler) {}

    private final List<Route> routes = new ArrayList<>();

    /** Adds a route whose template has variables in braces. */
    void add(String method, String template, Handler handler) {
        routes.add(new Route(method, template.split("/"), handler));
    }

    /** Finds the handler. Throws {@link Problem} 404 or 405. */
    Match find(String method, String path) {
        String[] segments = path.split("/", -1);
        boolean otherMethod = false;
        for (Route route : routes) {
            Map<String, String> variables = match(route.template(), segments);
            if (variables != null && route.method().equals(method)) {
                return new Match(route.handler(), variables);
            }
            otherMethod |= variables != null;
        }
        if (otherMethod) {
            throw new Problem(405, "Method Not Allowed", method + " is not allowed at " + path + ".", List.of());
        }
        throw Problem.notFound(path);
    }

    private static Map<String, String> match(String[] template, String[] segments) {
        if (template.length != segments.length) {
            return null;
        }
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < template.length; i++) {
            if (template[i].startsWith("{")) {
                variables.put(template[i].substring(1, template[i].length() - 1), segments[i]);
            } else if (!template[i].equals(segments[i])) {
                return null;
            }
        }
        return variables;
    }
}
