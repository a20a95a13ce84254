package io.jenkins.plugins.dedalus.proxy;

import static org.awaitility.Awaitility.await;

import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;

/** What a test can see of memory and of standing still. */
final class Memory {
    private Memory() {}

    /** Bytes alive on the heap, and all that Netty holds beside it. */
    static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory() + Math.max(0, PlatformDependent.usedDirectMemory());
    }

    /** Waits until a counter has left zero and then stood still for a second; returns it. */
    static long standstill(LongSupplier counter) {
        long[] before = {0};
        holds(() -> {
            long now = counter.getAsLong();
            boolean still = now > 0 && now == before[0];
            before[0] = now;
            return still;
        });
        return before[0];
    }

    /** Waits until this has been true for a second. */
    static void holds(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .during(Duration.ofSeconds(1))
                .until(condition);
    }
}
