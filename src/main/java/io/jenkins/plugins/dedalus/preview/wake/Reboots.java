package io.jenkins.plugins.dedalus.preview.wake;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Says which machine may be booted anew: each once in a while, for it ends what runs there, and none where the API can't. */
final class Reboots {
    private static final long APART_NANOS = Duration.ofMinutes(30).toNanos();

    private final Map<String, Long> last = new ConcurrentHashMap<>();
    private volatile boolean impossible;

    /** Whether it may be done now; then it counts as done. */
    boolean take(String machineId, long now) {
        if (impossible) {
            return false;
        }
        last.values().removeIf(at -> now - at >= APART_NANOS);
        return last.putIfAbsent(machineId, now) == null;
    }

    /** The API has no such call. */
    void impossible() {
        impossible = true;
    }
}
