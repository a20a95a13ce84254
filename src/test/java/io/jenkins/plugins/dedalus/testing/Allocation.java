package io.jenkins.plugins.dedalus.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** Counts the bytes that this thread allocates: what something costs, on a busy machine as on a quiet one. */
public final class Allocation {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long bytes;

    /** Counts what the work allocates. */
    public <T> T of(Supplier<T> work) {
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        T result = work.get();
        bytes += threads.getThreadAllocatedBytes(thread) - before;
        return result;
    }

    /** What was counted so far. */
    public long bytes() {
        return bytes;
    }
}
