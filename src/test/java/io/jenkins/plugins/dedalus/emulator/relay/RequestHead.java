package io.jenkins.plugins.dedalus.emulator.relay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The first bytes of a connection, up to the end of the first request's head. */
public final class RequestHead {
    private static final int LIMIT = 64 * 1024;
    private static final int TLS_HANDSHAKE = 0x16;
    private static final byte[] END = {'\r', '\n', '\r', '\n'};

    private byte[] bytes = new byte[1024];
    private int length;
    private int scanned;
    private boolean complete;

    /** Takes bytes; true once the head is whole, or can't be one. */
    boolean add(ByteBuffer more) {
        int count = more.remaining();
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
        more.get(bytes, length, count);
        length += count;
        complete = complete || length > LIMIT || length > 0 && bytes[0] == TLS_HANDSHAKE || endSeen();
        return complete;
    }

    private boolean endSeen() {
        for (int i = Math.max(0, scanned - END.length); i + END.length <= length; i++) {
            if (Arrays.equals(bytes, i, i + END.length, END, 0, END.length)) {
                return true;
            }
        }
        scanned = length;
        return false;
    }

    /** All bytes so far, those after the head included. */
    ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    /** The request's method; empty where this is no HTTP/1 request. */
    public String method() {
        return word(0);
    }

    /** The request's path without its query; empty where this is no HTTP/1 request. */
    public String path() {
        return word(1).split("\\?", 2)[0];
    }

    private String word(int index) {
        String[] line = new String(bytes, 0, length, StandardCharsets.ISO_8859_1)
                .lines()
                .findFirst()
                .orElse("")
                .split(" ");
        return line.length == 3 ? line[index] : "";
    }

    /** A header's first value; empty where there is none. */
    public Optional<String> header(String name) {
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return text.substring(0, end < 0 ? text.length() : end)
                .lines()
                .skip(1)
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).trim())
                .findFirst();
    }
}
