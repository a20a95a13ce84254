package io.jenkins.plugins.dedalus.emulator.relay;

import java.nio.ByteBuffer;
import java.util.function.LongPredicate;

/** Watches how many bytes pass, and can end it. */
final class TapSink implements Sink {
    private final Sink next;
    private final LongPredicate seen;
    private long total;

    /**
     * @param seen hears the number of bytes so far, these included, before they are passed on; false withholds them
     */
    TapSink(Sink next, LongPredicate seen) {
        this.next = next;
        this.seen = seen;
    }

    @Override
    public void data(ByteBuffer bytes) {
        total += bytes.remaining();
        if (seen.test(total)) {
            next.data(bytes);
        }
    }

    @Override
    public void fin() {
        next.fin();
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
