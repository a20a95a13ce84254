package io.jenkins.plugins.dedalus.proxy.access;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Reads query parameters; of one given twice the last counts. */
final class Query {
    private Query() {}

    static Map<String, String> parse(String uri) {
        Map<String, String> values = new HashMap<>();
        int question = uri.indexOf('?');
        if (question < 0) {
            return values;
        }
        for (String pair : uri.substring(question + 1).split("&")) {
            int equals = pair.indexOf('=');
            try {
                if (equals > 0) {
                    values.put(
                            URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
                }
            } catch (IllegalArgumentException e) {
                // A broken escape: the parameter counts as not given, which its reader refuses.
                values.remove(pair.substring(0, equals));
            }
        }
        return values;
    }
}
