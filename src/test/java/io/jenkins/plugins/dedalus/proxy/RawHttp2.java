package io.jenkins.plugins.dedalus.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLSocket;

/**
 * A viewer that speaks HTTP/2 in frames, over TLS: nothing it sends is repaired on the way. It grants the windows that its
 * peer uses up, except those of {@link #starve starved} streams, and acknowledges what wants it: if its peer has ended the
 * connection by then, that is seen when all that it had sent has been read.
 */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GO_AWAY = 7;
    static final int WINDOW_UPDATE = 8;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    private static final int ACK = 1;
    private static final int PRIORITY = 0x20;

    static final int PROTOCOL_ERROR = 1;
    static final int REFUSED_STREAM = 7;
    /** What may be sent before anything is granted. */
    static final int FIRST_WINDOW = 65_535;

    private static final int LONGEST_FRAME = 16_384;

    /** A frame as it arrived. */
    record Frame(int type, int flags, int stream, byte[] payload) {
        /** The payload's first four bytes: an error code, or an increment. */
        int number() {
            return ByteBuffer.wrap(payload).getInt();
        }

        boolean ends() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }
    }

    /** What arrived on a stream, and what was sent on it. Stream 0 is the connection. */
    static final class Stream {
        private static final int MOST_KEPT = 64 * 1024;

        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private long received;
        private long sent;
        Http2Headers headers;
        /** The answers before the answer. */
        final List<Http2Headers> interim = new ArrayList<>();
        /** The fields behind the body; null for none. */
        Http2Headers trailers;

        boolean ended;
        /** The error code; null if the stream was not reset. */
        Integer reset;
        /** Bytes that may be sent beyond those of {@link #FIRST_WINDOW}. */
        long granted;

        int status() {
            return headers == null ? 0 : Integer.parseInt(headers.status().toString());
        }

        long received() {
            return received;
        }

        /** The body, or its first 64 KiB. */
        String text() {
            return body.toString(StandardCharsets.UTF_8);
        }

        private void take(Http2Headers block) {
            if (block.status() == null) {
                trailers = block;
            } else if (block.status().charAt(0) == '1') {
                interim.add(block);
            } else {
                headers = block;
            }
        }

        private void take(byte[] data) {
            received += data.length;
            body.write(data, 0, Math.min(data.length, MOST_KEPT - body.size()));
        }

        private long window() {
            return FIRST_WINDOW + granted - sent;
        }

        boolean over() {
            return ended || reset != null;
        }
    }

    private final SSLSocket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final Map<Integer, Stream> streams = new HashMap<>();
    private final Set<Integer> starved = new HashSet<>();
    private int next = 1;
    /** The error code of the peer's good-bye; null if there was none. */
    Integer goAway;
    /** The last stream that the peer's good-bye says it will serve. */
    int lastServed = Integer.MAX_VALUE;
    /** Whether the peer could be told all that the protocol asks for. */
    boolean answered = true;

    RawHttp2(int port) throws Exception {
        this(Certificates.connect(port, "h2"));
    }

    RawHttp2(SSLSocket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
    }

    /** Header fields as HPACK literals: names and values in turn, byte for byte. */
    static byte[] fields(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i++) {
            if (i % 2 == 0) {
                block.write(0x10);
            }
            byte[] bytes = namesAndValues[i].getBytes(StandardCharsets.ISO_8859_1);
            int length = bytes.length;
            if (length < 127) {
                block.write(length);
            } else {
                block.write(127);
                for (length -= 127; length > 127; length >>= 7) {
                    block.write(0x80 | length & 0x7f);
                }
                block.write(length);
            }
            block.writeBytes(bytes);
        }
        return block.toByteArray();
    }

    /** Opens a stream with these fields; returns its number. */
    int open(boolean end, String... namesAndValues) throws IOException {
        int stream = next;
        next += 2;
        streams.put(stream, new Stream());
        frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, fields(namesAndValues));
        return stream;
    }

    /** Opens a stream that gets this path. */
    int get(String host, String path) throws IOException {
        return open(true, ":method", "GET", ":scheme", "https", ":authority", host, ":path", path);
    }

    /** Opens a stream that posts to this path; the body follows by {@link #data}. */
    int post(String host, String path) throws IOException {
        return open(false, ":method", "POST", ":scheme", "https", ":authority", host, ":path", path);
    }

    /** Sends data, granted or not. */
    void data(int stream, byte[] bytes, boolean end) throws IOException {
        stream(stream).sent += bytes.length;
        stream(0).sent += bytes.length;
        frame(DATA, end ? END_STREAM : 0, stream, bytes);
    }

    /** Sends zeros as far as the windows that were granted so far allow; returns how many. */
    long push(int stream, long most) throws IOException, Http2Exception {
        ping();
        long sent = 0;
        while (sent < most) {
            long window = Math.min(stream(stream).window(), stream(0).window());
            int length = (int) Math.min(Math.min(window, most - sent), LONGEST_FRAME);
            if (length <= 0) {
                return sent;
            }
            data(stream, new byte[length], false);
            sent += length;
        }
        return sent;
    }

    /** Returns when all that was sent before has been seen by the peer. */
    void ping() throws IOException, Http2Exception {
        frame(PING, 0, 0, new byte[8]);
        Frame frame = read();
        while (frame != null && (frame.type() != PING || (frame.flags() & ACK) == 0)) {
            frame = read();
        }
    }

    /** Grants nothing more to this stream, whatever its peer has sent, until {@link #feed}. */
    void starve(int stream) {
        starved.add(stream);
    }

    /** Grants what {@link #starve} held back, and all that comes. */
    void feed(int stream) {
        starved.remove(stream);
        grant(stream, stream(stream).received());
    }

    private void grant(int stream, long bytes) {
        if (bytes > 0) {
            answer(
                    WINDOW_UPDATE,
                    0,
                    stream,
                    ByteBuffer.allocate(4).putInt((int) bytes).array());
        }
    }

    /** Sends what the protocol asks for, to whoever is still there. */
    private void answer(int type, int flags, int stream, byte[] payload) {
        try {
            frame(type, flags, stream, payload);
        } catch (IOException e) {
            answered = false;
        }
    }

    synchronized void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        socket.getOutputStream().write(frame.array());
        socket.getOutputStream().flush();
    }

    /** What is known of a stream. */
    Stream stream(int number) {
        return streams.computeIfAbsent(number, n -> new Stream());
    }

    /** Reads until the stream is over, or the connection is. */
    Stream await(int number) throws IOException, Http2Exception {
        Stream stream = stream(number);
        while (!stream.over() && read() != null) {
            // Each frame is noted as it is read.
        }
        return stream;
    }

    /** Reads one frame and notes what it says; null at the end of the connection. */
    Frame read() throws IOException, Http2Exception {
        Frame frame;
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            frame = new Frame(
                    in.readUnsignedByte(),
                    in.readUnsignedByte(),
                    in.readInt() & Integer.MAX_VALUE,
                    in.readNBytes(length));
        } catch (EOFException | java.net.SocketException e) {
            return null;
        }
        note(frame);
        return frame;
    }

    private void note(Frame frame) throws Http2Exception {
        Stream stream = stream(frame.stream());
        switch (frame.type()) {
            case DATA -> {
                stream.take(frame.payload());
                grant(0, frame.payload().length);
                if (!starved.contains(frame.stream()) && !frame.ends()) {
                    grant(frame.stream(), frame.payload().length);
                }
            }
            case HEADERS -> {
                // A priority, which nobody heeds any more, may stand before the fields.
                int start = (frame.flags() & PRIORITY) != 0 ? 5 : 0;
                ByteBuf block = Unpooled.wrappedBuffer(frame.payload(), start, frame.payload().length - start);
                stream.take(decoder.decodeHeaders(frame.stream(), block));
            }
            case RST_STREAM -> stream.reset = frame.number();
            case WINDOW_UPDATE -> stream.granted += frame.number();
            case GO_AWAY -> {
                lastServed = frame.number() & Integer.MAX_VALUE;
                goAway = ByteBuffer.wrap(frame.payload()).getInt(4);
            }
            case SETTINGS, PING -> {
                if ((frame.flags() & ACK) == 0) {
                    answer(frame.type(), ACK, 0, frame.type() == PING ? frame.payload() : new byte[0]);
                }
            }
            default -> {
                // Nothing that a test looks at.
            }
        }
        stream.ended |= frame.ends();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
