package io.jenkins.plugins.dedalus.proxy;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

/** Just enough of RFC 6455 to speak it by hand on both ends. */
final class WebSockets {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    /** One frame, unmasked. */
    record Frame(int opcode, byte[] payload) {
        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        int closeCode() {
            return (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        }
    }

    private WebSockets() {}

    static String handshake(String host, String target, String... headers) {
        return "GET " + target + " HTTP/1.1\r\nHost: " + host
                + "\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                + KEY + "\r\n"
                + String.join(
                        "",
                        java.util.Arrays.stream(headers).map(h -> h + "\r\n").toList())
                + "\r\n";
    }

    static String accept(RawUpstream.Request request, String... headers) {
        String key = request.header("Sec-WebSocket-Key");
        String hash;
        try {
            hash = Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                    .getBytes(StandardCharsets.US_ASCII)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                + hash + "\r\n"
                + String.join(
                        "",
                        java.util.Arrays.stream(headers).map(h -> h + "\r\n").toList())
                + "\r\n";
    }

    static byte[] close(int code, boolean masked) {
        return frame(CLOSE, new byte[] {(byte) (code >> 8), (byte) code}, masked);
    }

    static byte[] frame(int opcode, byte[] payload, boolean masked) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x80 | opcode);
        int mask = masked ? 0x80 : 0;
        if (payload.length < 126) {
            out.write(mask | payload.length);
        } else if (payload.length < 65_536) {
            out.write(mask | 126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        } else {
            out.write(mask | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) ((long) payload.length >> shift));
            }
        }
        byte[] key = {1, 2, 3, 4};
        if (masked) {
            out.writeBytes(key);
        }
        for (int i = 0; i < payload.length; i++) {
            out.write(masked ? payload[i] ^ key[i & 3] : payload[i]);
        }
        return out.toByteArray();
    }

    /** The next frame, or null if the connection ended. */
    static Frame read(InputStream in) throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        DataInputStream data = new DataInputStream(in);
        int second = data.readUnsignedByte();
        long length = second & 0x7f;
        if (length == 126) {
            length = data.readUnsignedShort();
        } else if (length == 127) {
            length = data.readLong();
        }
        byte[] key = (second & 0x80) != 0 ? data.readNBytes(4) : new byte[4];
        byte[] payload = data.readNBytes((int) length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= key[i & 3];
        }
        return new Frame(first & 0x0f, payload);
    }

    /** An upstream that accepts with {@code vite-hmr} and sends every frame back; a ping gets its pong. */
    static RawUpstream echo() throws IOException {
        return new RawUpstream((request, out) -> {
            if (request.header("Upgrade") == null) {
                RawUpstream.respond(out, 200, "plain");
                return;
            }
            echo(request, out);
        });
    }

    /** Accepts with {@code vite-hmr} and sends every frame back until the other end closes. */
    static void echo(RawUpstream.Request request, java.io.OutputStream out) throws IOException {
        RawUpstream.write(out, accept(request, "Sec-WebSocket-Protocol: vite-hmr"));
        Frame frame = read(request.in());
        while (frame != null) {
            out.write(frame(frame.opcode() == PING ? PONG : frame.opcode(), frame.payload(), false));
            out.flush();
            if (frame.opcode() == CLOSE) {
                request.socket().close();
                return;
            }
            frame = read(request.in());
        }
    }
}
