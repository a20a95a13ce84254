package io.jenkins.plugins.dedalus.emulator.relay;

import java.nio.ByteBuffer;

/** A slow network: everything arrives later, in order. */
final class DelaySink implements Sink {
    private static final int IN_FLIGHT = 4 * 1024 * 1024;

    private final Loop loop;
    private final long millis;
    private final Sink next;
    private final Runnable roomAgain;
    private int inFlight;

    DelaySink(Loop loop, long millis, Sink next, Runnable roomAgain) {
        this.loop = loop;
        this.millis = millis;
        this.next = next;
        this.roomAgain = roomAgain;
    }

    @Override
    public void data(ByteBuffer bytes) {
        int count = bytes.remaining();
        ByteBuffer copy = ByteBuffer.allocate(count).put(bytes).flip();
        inFlight += count;
        loop.schedule(millis, () -> {
            inFlight -= count;
            next.data(copy);
            if (!full()) {
                roomAgain.run();
            }
        });
    }

    @Override
    public void fin() {
        loop.schedule(millis, next::fin);
    }

    @Override
    public void reset() {
        loop.schedule(millis, next::reset);
    }

    @Override
    public boolean full() {
        return inFlight >= IN_FLIGHT || next.full();
    }
}
