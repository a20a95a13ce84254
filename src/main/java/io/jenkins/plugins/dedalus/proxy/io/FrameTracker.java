package io.jenkins.plugins.dedalus.proxy.io;

import io.vertx.core.buffer.Buffer;

/**
 * Follows WebSocket frames (RFC 6455) in a byte stream just closely enough to know where one ends: there, and only there,
 * a frame of ours may be put in.
 */
public final class FrameTracker {
    private static final int MASK_BIT = 0x80;
    private static final int LENGTH_BITS = 0x7f;

    private int headerRead;
    private int headerLength = 2;
    private int lengthBytes;
    private long announced;
    private long payload;
    private final Heartbeats heartbeats = new Heartbeats();
    private boolean message;

    /** Whether all bytes seen so far make whole frames. */
    public boolean atBoundary() {
        return headerRead == 0 && payload == 0;
    }

    /** Whether the bytes followed last held any of a message, other than a heart-beat. */
    public boolean message() {
        return message;
    }

    /**
     * Follows some bytes.
     *
     * @return how many of them belong to the frame that was under way, if it ends within them: the first place where a
     *     frame could be put in; -1 if there is none
     */
    public int follow(Buffer bytes) {
        int first = atBoundary() ? 0 : -1;
        message = false;
        int at = 0;
        int end = bytes.length();
        while (at < end) {
            if (payload > 0) {
                long step = Math.min(payload, end - at);
                message |= heartbeats.payload(bytes, at, (int) step);
                payload -= step;
                at += (int) step;
            } else {
                heartbeats.header(bytes.getByte(at), headerRead);
                header(bytes.getByte(at) & 0xff);
                at++;
            }
            if (first < 0 && atBoundary()) {
                first = at;
            }
        }
        return first;
    }

    private void header(int octet) {
        if (headerRead == 1) {
            int shortLength = octet & LENGTH_BITS;
            lengthBytes = shortLength == 127 ? 8 : shortLength == 126 ? 2 : 0;
            headerLength = 2 + lengthBytes + ((octet & MASK_BIT) != 0 ? 4 : 0);
            announced = lengthBytes == 0 ? shortLength : 0;
        } else if (headerRead > 1 && headerRead < 2 + lengthBytes) {
            announced = announced << 8 | octet;
        }
        headerRead++;
        if (headerRead == headerLength) {
            payload = Math.max(0, announced);
            heartbeats.begin(payload, headerLength);
            headerRead = 0;
            headerLength = 2;
            lengthBytes = 0;
            announced = 0;
        }
    }
}
