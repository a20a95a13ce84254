package io.jenkins.plugins.dedalus.proxy.forward;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/** What is to be known of server-sent events: servers keep a stream open with comments that say nothing to anybody. */
final class EventStreams {
    private static final int LONGEST_COMMENT = 128;
    /** webpack-hot-middleware's, and that of all who took after it. */
    private static final String HEART = "data: \uD83D\uDC93";

    private EventStreams() {}

    static boolean is(MultiMap headers) {
        String type = headers.get(HttpHeaders.CONTENT_TYPE);
        return type != null && type.regionMatches(true, 0, "text/event-stream", 0, "text/event-stream".length());
    }

    /** Whether these bytes are nothing but comments, empty lines and heart-beats. */
    static boolean isComment(Buffer bytes) {
        if (bytes.length() > LONGEST_COMMENT) {
            return false;
        }
        return bytes.toString(StandardCharsets.UTF_8)
                .lines()
                .allMatch(line -> line.isEmpty() || line.charAt(0) == ':' || line.equals(HEART));
    }
}
