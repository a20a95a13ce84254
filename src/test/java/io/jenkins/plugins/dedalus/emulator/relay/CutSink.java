package io.jenkins.plugins.dedalus.emulator.relay;

import java.nio.ByteBuffer;

/**
 * Passes so many bytes and not one more, however they come: what arrives in one piece would be through before the connection
 * is cut.
 */
final class CutSink implements Sink {
    private final Sink next;
    private final Runnable cut;
    private long left;
    private boolean over;

    /**
     * @param most bytes that pass, 0 or more
     * @param cut runs once, when the last of them has passed
     */
    CutSink(Sink next, long most, Runnable cut) {
        this.next = next;
        this.left = most;
        this.cut = cut;
    }

    @Override
    public void data(ByteBuffer bytes) {
        int end = bytes.limit();
        bytes.limit(bytes.position() + (int) Math.min(left, bytes.remaining()));
        left -= bytes.remaining();
        if (bytes.hasRemaining()) {
            next.data(bytes);
        }
        bytes.limit(end).position(end);
        if (left == 0 && !over) {
            over = true;
            cut.run();
        }
    }

    /** What ends after the cut doesn't end well. */
    @Override
    public void fin() {
        if (!over) {
            next.fin();
        }
    }

    @Override
    public void reset() {
        next.reset();
    }

    @Override
    public boolean full() {
        return next.full();
    }
}
