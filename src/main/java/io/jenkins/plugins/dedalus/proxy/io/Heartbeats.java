package io.jenkins.plugins.dedalus.proxy.io;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells WebSocket messages from heart-beats: control frames, and the small messages by which libraries find out whether the
 * other end is there. What can't be read, for it is compressed or in pieces, is a message.
 */
final class Heartbeats {
    private static final int LONGEST = 512;
    private static final int LONGEST_HEADER = 14;
    private static final int FIN = 0x80;
    private static final int RESERVED = 0x70;
    private static final int OPCODE = 0x0f;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int FIRST_CONTROL = 8;
    private static final int MASK_BIT = 0x80;
    private static final int KEY_LENGTH = 4;

    /** Socket.IO's, SockJS' and STOMP's; what people send by hand. */
    private static final Set<String> WORDS = Set.of("2", "3", "h", "\n", "\r\n", "ping", "pong", "{\"type\":6}\u001e");
    /** Vite's, Next's, Rails', GraphQL's; Phoenix'. */
    private static final Pattern JSON = Pattern.compile(
            "\\{\\s*\"(type|event|op|action|method)\"\\s*:\\s*\"(ping|pong|heartbeat|ka|keep-?alive)\".*"
                    + "|\\[[^\\[{]*\"phoenix\",\\s*\"heartbeat\".*",
            Pattern.DOTALL);
    /** SignalR's in MessagePack: Blazor. */
    private static final byte[] SIGNALR = {0x02, (byte) 0x91, 0x06};

    private final byte[] header = new byte[LONGEST_HEADER];
    private final byte[] key = new byte[KEY_LENGTH];
    private byte[] held = new byte[0];
    private int length;
    private int got;
    private boolean readable;

    /** One more byte of a frame's header. */
    void header(byte octet, int at) {
        header[at] = octet;
    }

    /** The header is complete; a frame of so many bytes begins. */
    void begin(long payload, int headerLength) {
        int opcode = header[0] & OPCODE;
        boolean whole = (header[0] & FIN) != 0 && (header[0] & RESERVED) == 0;
        readable = whole && payload <= LONGEST && (opcode == TEXT || opcode == BINARY);
        got = 0;
        if (readable) {
            length = (int) payload;
            held = held.length < length ? new byte[LONGEST] : held;
            boolean masked = (header[1] & MASK_BIT) != 0;
            for (int i = 0; i < KEY_LENGTH; i++) {
                key[i] = masked ? header[headerLength - KEY_LENGTH + i] : 0;
            }
        }
    }

    /** Some of the frame's payload; whether it is, or ends, a message that is no heart-beat. */
    boolean payload(Buffer bytes, int at, int count) {
        if (!readable) {
            return (header[0] & OPCODE) < FIRST_CONTROL;
        }
        for (int i = 0; i < count; i++) {
            held[got] = (byte) (bytes.getByte(at + i) ^ key[got & 3]);
            got++;
        }
        return got == length && !isHeartbeat();
    }

    private boolean isHeartbeat() {
        if ((header[0] & OPCODE) == BINARY) {
            return Arrays.equals(held, 0, length, SIGNALR, 0, SIGNALR.length);
        }
        String text = new String(held, 0, length, StandardCharsets.UTF_8);
        return WORDS.contains(text) || JSON.matcher(text).matches();
    }
}
