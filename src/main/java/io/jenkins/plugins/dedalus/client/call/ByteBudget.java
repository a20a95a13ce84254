package io.jenkins.plugins.dedalus.client.call;

import java.util.concurrent.atomic.AtomicLong;

/** How much of large answers may be in memory at once, over all readers that share it. Thread-safe; nobody waits. */
public final class ByteBudget {

    private final AtomicLong free;

    /**
     * A budget.
     *
     * @param bytes all there is, 1 or more
     */
    public ByteBudget(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("A budget of " + bytes + " bytes lets nobody read.");
        }
        free = new AtomicLong(bytes);
    }

    /** Takes some; false if not so much is free. */
    public boolean take(long bytes) {
        long left = free.get();
        while (left >= bytes) {
            if (free.compareAndSet(left, left - bytes)) {
                return true;
            }
            left = free.get();
        }
        return false;
    }

    public void giveBack(long bytes) {
        free.addAndGet(bytes);
    }
}
