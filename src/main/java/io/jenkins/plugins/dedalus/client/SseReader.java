package io.jenkins.plugins.dedalus.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;
import okio.BufferedSource;

/** Reads a stream of Server-Sent Events as the HTML standard says, but for lone CRs as line ends. */
final class SseReader {

    private static final long MAX_LINE_BYTES = 1024 * 1024;
    private static final int MAX_EVENT_CHARS = 4 * 1024 * 1024;

    private final BufferedSource source;
    private String lastEventId;
    private Duration reconnect;
    private String type = "";
    private StringBuilder data;

    SseReader(BufferedSource source, String lastEventId) {
        this.source = source;
        this.lastEventId = lastEventId;
    }

    /** One event. */
    record Event(String type, String data) {}

    /**
     * Hands events over until the stream ends. An event cut off at the end is dropped, as the standard says.
     *
     * @param wanted hears an event, says whether to go on
     */
    void read(Predicate<Event> wanted) throws IOException {
        for (String line = line(true); line != null; line = line(false)) {
            if (line.isEmpty()) {
                if (data != null && !wanted.test(new Event(type.isEmpty() ? "message" : type, data.toString()))) {
                    return;
                }
                type = "";
                data = null;
            } else if (line.charAt(0) != ':') {
                field(line);
            }
        }
    }

    /** The id to resume from; null where the server gave none. */
    String lastEventId() {
        return lastEventId;
    }

    /** The wait before reconnecting that the server asks for; null where it asks for none. */
    Duration reconnect() {
        return reconnect;
    }

    private void field(String line) throws IOException {
        int colon = line.indexOf(':');
        String name = colon < 0 ? line : line.substring(0, colon);
        String value = colon < 0 ? "" : line.substring(colon + 1);
        if (value.startsWith(" ")) {
            value = value.substring(1);
        }
        switch (name) {
            case "event" -> type = value;
            case "data" -> append(value);
            case "id" -> {
                // It goes back in a header: anything else than printable ASCII can't be resumed from.
                if (value.matches("[\\x20-\\x7e]*")) {
                    lastEventId = value.isEmpty() ? null : value;
                }
            }
            case "retry" -> {
                if (value.matches("\\d{1,9}")) {
                    reconnect = Duration.ofMillis(Long.parseLong(value));
                }
            }
            default -> {
                // Unknown fields are ignored, says the standard.
            }
        }
    }

    private void append(String value) throws IOException {
        if (data == null) {
            data = new StringBuilder(value);
        } else {
            data.append('\n').append(value);
        }
        if (data.length() > MAX_EVENT_CHARS) {
            throw new IOException("an event of the stream is larger than 4 MiB");
        }
    }

    /** The next whole line without its end, null at the end of the stream. */
    private String line(boolean first) throws IOException {
        long end = source.indexOf((byte) '\n', 0, MAX_LINE_BYTES);
        if (end < 0) {
            if (source.getBuffer().size() >= MAX_LINE_BYTES) {
                throw new IOException("a line of the stream is longer than 1 MiB");
            }
            return null;
        }
        String line = source.readString(end, StandardCharsets.UTF_8);
        source.skip(1);
        if (line.endsWith("\r")) {
            line = line.substring(0, line.length() - 1);
        }
        return first && line.startsWith("\uFEFF") ? line.substring(1) : line;
    }
}
