package io.jenkins.plugins.dedalus.emulator.api;

import io.vertx.core.MultiMap;
import java.util.Map;
import java.util.Optional;

/**
 * One API call.
 *
 * @param path without the query
 * @param variables of the path, by the names in the route
 * @param query the query's parameters
 * @param headers the request's headers
 * @param body the request's body as text; empty: none
 */
record Call(String method, String path, Map<String, String> variables, MultiMap query, MultiMap headers, String body) {

    String variable(String name) {
        return variables.get(name);
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(query.get(name));
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    Call with(Map<String, String> found) {
        return new Call(method, path, found, query, headers, body);
    }

    boolean writes() {
        return !method.equals("GET") && !method.equals("HEAD");
    }
}
