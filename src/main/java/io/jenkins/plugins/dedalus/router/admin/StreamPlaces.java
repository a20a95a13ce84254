package io.jenkins.plugins.dedalus.router.admin;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** How many operations may be followed at once: a stream holds no thread, but memory for a reader that is behind. */
final class StreamPlaces {
    private final int most;
    private final AtomicInteger taken = new AtomicInteger();

    StreamPlaces(int most) {
        this.most = most;
    }

    /**
     * Takes a place.
     *
     * @return gives it back; doing so twice does nothing
     * @throws AdminException when there is none
     */
    Runnable take() {
        if (taken.incrementAndGet() > most) {
            taken.decrementAndGet();
            throw new AdminException(
                    AdminException.Kind.BUSY,
                    "This router tells the progress of " + most
                            + " operations already, so nothing was begun. Try again in a"
                            + " few seconds, or stop some of the commands that wait: what they asked for goes on.");
        }
        AtomicBoolean back = new AtomicBoolean();
        return () -> {
            if (back.compareAndSet(false, true)) {
                taken.decrementAndGet();
            }
        };
    }
}
