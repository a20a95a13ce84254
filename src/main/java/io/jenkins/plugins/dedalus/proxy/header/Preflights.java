package io.jenkins.plugins.dedalus.proxy.header;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * CORS preflights to protected previews. They come without credentials by design, so they may be anybody's: the app learns
 * what a genuine one says, the viewer what the app says about CORS, and neither anything else.
 */
public final class Preflights {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
    private static final Pattern TOKENS = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~, -]{0,4000}");
    private static final Pattern ORIGIN = Pattern.compile("null|[a-z][a-z0-9+.-]*://[A-Za-z0-9._:\\[\\]-]{1,260}");

    private static final List<String> ASKED = List.of(
            "Origin",
            "Access-Control-Request-Method",
            "Access-Control-Request-Headers",
            "Access-Control-Request-Private-Network");

    private static final NameSet ANSWERED = NameSet.of(
            "access-control-allow-origin",
            "access-control-allow-credentials",
            "access-control-allow-methods",
            "access-control-allow-headers",
            "access-control-allow-private-network",
            "access-control-max-age",
            "vary");

    private Preflights() {}

    /** Whether this is a preflight as browsers send it: no body, each header once and well-formed. */
    public static boolean isGenuine(String method, MultiMap headers, boolean hasBody) {
        return "OPTIONS".equals(method)
                && !hasBody
                && single(headers, "Origin", ORIGIN)
                && single(headers, "Access-Control-Request-Method", TOKEN)
                && (!headers.contains("Access-Control-Request-Headers")
                        || single(headers, "Access-Control-Request-Headers", TOKENS))
                && (!headers.contains("Access-Control-Request-Private-Network")
                        || single(headers, "Access-Control-Request-Private-Network", TOKEN));
    }

    private static boolean single(MultiMap headers, String name, Pattern sound) {
        List<String> all = headers.getAll(name);
        return all.size() == 1 && sound.matcher(all.get(0)).matches();
    }

    /** The viewer's headers without everything that makes no preflight. */
    public static MultiMap asked(MultiMap headers) {
        MultiMap kept = HttpHeaders.headers();
        for (String name : ASKED) {
            String value = headers.get(name);
            if (value != null) {
                kept.add(name, value);
            }
        }
        return kept;
    }

    /** Whether an answer's header is about CORS. */
    public static boolean isAnswer(Map.Entry<String, String> header) {
        return ANSWERED.contains(header.getKey());
    }
}
