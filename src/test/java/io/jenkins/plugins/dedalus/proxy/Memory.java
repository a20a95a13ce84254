package io.jenkins.plugins.dedalus.proxy;

import static org.awaitility.Awaitility.await;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** Bytes that the kernel, as it is set up here, may hold between the two ends of a proxied stream, and a few of ours. */
    static long sockets() {
        long ours = 8L * 1024 * 1024;
        return 2 * (most("tcp_rmem") + most("tcp_wmem")) + ours;
    }

    /** The largest buffer that a socket may grow to. */
    private static long most(String setting) {
        Path limits = Path.of("/proc/sys/net/ipv4", setting);
        if (Files.notExists(limits)) {
            return 14L * 1024 * 1024;
        }
        // The kernel gives the whole of it to the first read, however little that asks for.
        try (InputStream in = Files.newInputStream(limits)) {
            byte[] text = new byte[1024];
            int length = in.read(text);
            return Long.parseLong(new String(text, 0, length, StandardCharsets.US_ASCII)
                    .trim()
                    .split("\\s+")[2]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        await().pollInterval(Duration.ofMillis(100))
                .during(Duration.ofSeconds(1))
                .until(condition);
    }
}
