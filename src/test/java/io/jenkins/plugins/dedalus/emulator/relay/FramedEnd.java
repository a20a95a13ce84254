package io.jenkins.plugins.dedalus.emulator.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * An end on the Unix domain socket between emulator and machine. Bytes travel in frames of a length (4 bytes) and a
 * payload; length 0 is the end of that direction. A channel that ends without it was reset.
 */
final class FramedEnd extends End {
    private static final int HEADER = 4;

    private final ByteBuffer header = ByteBuffer.allocate(HEADER);
    private int left;
    private boolean finished;

    FramedEnd(Loop loop, SocketChannel channel) throws IOException {
        super(loop, channel);
    }

    @Override
    void received(ByteBuffer bytes, Sink into) throws IOException {
        while (bytes.hasRemaining() && !finished) {
            if (left == 0) {
                header.put(bytes.get());
                if (!header.hasRemaining()) {
                    left = header.flip().getInt();
                    header.clear();
                    finished = left == 0;
                }
            } else {
                int length = Math.min(left, bytes.remaining());
                ByteBuffer payload = bytes.slice(bytes.position(), length);
                bytes.position(bytes.position() + length);
                left -= length;
                into.data(payload);
            }
        }
        if (finished) {
            endReading();
            into.fin();
        }
    }

    @Override
    void ended(Sink into) {
        if (!finished) {
            close();
            into.reset();
        }
    }

    @Override
    public void data(ByteBuffer bytes) {
        if (bytes.hasRemaining()) {
            write(ByteBuffer.allocate(HEADER).putInt(bytes.remaining()).flip());
            write(bytes);
        }
    }

    @Override
    void beforeFin() {
        write(ByteBuffer.allocate(HEADER).putInt(0).flip());
    }

    @Override
    void abort() {
        // Closing without the last frame says it.
    }
}
